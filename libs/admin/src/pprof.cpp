// SPDX-License-Identifier: MIT
#include <nsqlookupd/profiling/cpu_profile.hpp>

#include "handlers.hpp"
#include <malloc.h>
#include <sys/resource.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace nsqlookupd::admin {
namespace {

using http_api::request;

// v1.3.0's default, and the longest profile.
constexpr std::int64_t usual_seconds = 30;
constexpr std::int64_t most_seconds = 300;

std::string read_all(std::filesystem::path const& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// Returns how many there are.
std::size_t list_threads(std::ostream& out) {
  std::size_t count = 0;
  std::error_code ignored;
  for (auto const& thread : std::filesystem::directory_iterator{"/proc/self/task", ignored}) {
    // Its name ends with a line feed; it has none when the thread has just ended.
    auto const name = read_all(thread.path() / "comm");
    out << "# " << thread.path().filename().native() << ' ' << name.substr(0, name.find('\n'))
        << '\n';
    ++count;
  }
  return count;
}

/// The samples are taken while the session pauses.
class cpu_body final : public http::body_stream {
 public:
  cpu_body(std::unique_ptr<profiling::cpu_profile> profile, std::chrono::seconds duration)
      : profile_{std::move(profile)}, duration_{duration} {}

  bool write_some(std::size_t) override { return true; }
  [[nodiscard]] std::chrono::seconds pause() const noexcept override { return duration_; }
  http::body finish() override { return profile_->finish(); }

 private:
  std::unique_ptr<profiling::cpu_profile> profile_;
  std::chrono::seconds duration_;
};

// Text that is no number of seconds counts as absent, as in v1.3.0.
std::int64_t seconds_of(request const& asked) {
  auto const given = argument(asked, "seconds");
  std::int64_t seconds = 0;
  if (given) {
    auto const* const end = given->data() + given->size();
    auto const [stop, error] = std::from_chars(given->data(), end, seconds);
    if (stop != end || error == std::errc::invalid_argument) {
      return usual_seconds;
    }
    if (error == std::errc::result_out_of_range) {
      return most_seconds + 1;
    }
  }
  return seconds > 0 ? seconds : usual_seconds;
}

http::reply profile(request const& asked) {
  auto const seconds = seconds_of(asked);
  if (seconds > most_seconds) {
    return tool_reply(plain_text, "a profile may take 300 seconds at most\n", 400);
  }
  auto profile = profiling::cpu_profile::start();
  if (profile == nullptr) {
    return tool_reply(plain_text,
                      "could not enable CPU profiling: another profile is being taken\n", 409);
  }
  return tool_reply(binary,
                    std::make_unique<cpu_body>(std::move(profile), std::chrono::seconds{seconds}));
}

std::string cmdline() {
  auto arguments = read_all("/proc/self/cmdline");
  // Separated, not ended, by NUL.
  if (!arguments.empty()) {
    arguments.pop_back();
  }
  return arguments;
}

std::string heap() {
  auto const heap = ::mallinfo2();
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::ostringstream body;
  body << "# A C++ process does not record which code allocates; use heaptrack.\n"
       << "# HeapInuse = " << heap.uordblks + heap.hblkhd << "\n# HeapIdle = " << heap.fordblks
       << "\n# HeapReleasable = " << heap.keepcost << "\n# HeapMapped = " << heap.hblkhd
       << "\n# HeapSys = " << heap.arena + heap.hblkhd
       << "\n# MaxRSS = " << std::int64_t{usage.ru_maxrss} * 1024 << '\n';
  return std::move(body).str();
}

std::string goroutine() {
  std::ostringstream body;
  body << "goroutine profile: total 0\n"
          "# A C++ process has no goroutines, and its coroutines keep no list. Threads:\n";
  list_threads(body);
  return std::move(body).str();
}

std::string threadcreate() {
  std::ostringstream threads;
  auto const count = list_threads(threads);
  return "threadcreate profile: total " + std::to_string(count) +
         "\n# A C++ process does not record who created a thread. Threads:\n" + threads.str();
}

std::string symbol() {
  return "num_symbols: 0\n"
         "# A C++ process does not know the names of its functions. They are in the program's "
         "file:\n"
         "# go tool pprof nsqlookupd PROFILE, or google-pprof --text nsqlookupd PROFILE.\n";
}

std::string block() {
  return "--- contention:\n"
         "# A C++ process does not record waiting for locks; use perf lock or offcputime.\n";
}

struct page {
  std::string_view path;
  std::string_view description;
  /// Null for the profile, which takes time.
  std::string (*text)();
};

constexpr std::array pages = {
    page{"/debug/pprof/block", "Time spent waiting for locks: not recorded.", block},
    page{"/debug/pprof/cmdline",
         "The command line of this process, its arguments separated by NUL bytes.", cmdline},
    page{"/debug/pprof/goroutine", "The threads of this process; C++ has no goroutines.",
         goroutine},
    page{"/debug/pprof/heap",
         "How much memory is allocated, in figures; by which code is not recorded.", heap},
    page{"/debug/pprof/profile", "Where CPU time goes, for ?seconds=30 or up to 300; for pprof.",
         nullptr},
    page{"/debug/pprof/symbol",
         "Names of addresses: not told, pprof takes them from the program's file.", symbol},
    page{"/debug/pprof/threadcreate",
         "The threads of this process; who started them is not recorded.", threadcreate},
};

http::reply index(server_info const& server) {
  std::ostringstream body;
  body << "<html>\n<head>\n<title>/debug/pprof/</title>\n</head>\n<body>\n/debug/pprof/\n"
       << "<p>nsqlookupd v" << server.version << " (built w/" << server.built_with << ")</p>\n"
       << "<p>This is a C++ process: profile is in the format of gperftools, which go tool pprof "
          "and google-pprof read. The other pages say in plain text what is known.</p>\n<ul>\n";
  for (auto const& shown : pages) {
    body << "<li><a href='" << shown.path << "'>" << shown.path.substr(shown.path.rfind('/') + 1)
         << "</a>: " << shown.description << "</li>\n";
  }
  body << "</ul>\n</body>\n</html>\n";
  return tool_reply(html, std::move(body).str());
}

}  // namespace

std::vector<http_api::route> pprof_routes(server_info const& server) {
  using http_api::methods;
  using http_api::takes;
  constexpr auto write = http_api::access::write;
  std::vector<http_api::route> all{{"/debug/pprof", methods::get, write, takes::nothing,
                                    [&server](auto const&...) { return index(server); }}};
  for (auto const& shown : pages) {
    auto const answer = [text = shown.text](request const& asked, auto const&...) {
      return text == nullptr ? profile(asked) : tool_reply(plain_text, text());
    };
    bool const is_symbol = shown.text == symbol;
    all.push_back({shown.path, is_symbol ? methods::get_or_post : methods::get, write,
                   is_symbol ? takes::body : takes::nothing, answer});
  }
  return all;
}

}  // namespace nsqlookupd::admin
