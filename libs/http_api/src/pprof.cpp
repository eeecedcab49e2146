// SPDX-License-Identifier: MIT
#include "pprof.hpp"

#include <nsqlookupd/http_api/json_writer.hpp>

#include "process_figures.hpp"
#include "profiles.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

// What v1.3.0 takes when it is not told, and the most that is waited for.
constexpr std::int64_t usual_seconds = 30;
constexpr std::int64_t most_seconds = 300;

struct page {
  std::string_view name;
  std::string_view description;
};

constexpr std::array pages = {
    page{"block", "Time spent waiting for locks: not recorded."},
    page{"cmdline", "The command line of this process, its arguments separated by NUL bytes."},
    page{"goroutine", "The threads of this process; C++ has no goroutines."},
    page{"heap", "A sampling of what is allocated, and by whom; for pprof."},
    page{"profile", "Where CPU time goes, for ?seconds=30 or up to 300; for pprof."},
    page{"symbol", "Names of addresses; pprof asks for them."},
    page{"threadcreate", "The threads of this process; who started them is not recorded."},
};

outcome text(std::string body) {
  return {.body = std::move(body), .content = content_type::text};
}

outcome refused_with(unsigned status, std::string body) {
  return {.status = status, .body = std::move(body), .content = content_type::text};
}

void append(std::string& out, std::string_view part) {
  out.append(part);
}

template <std::integral Number>
void append(std::string& out, Number part) {
  json::append_number(out, static_cast<std::int64_t>(part));
}

template <class... Parts>
void append_line(std::string& out, Parts const&... parts) {
  (append(out, parts), ...);
  out.push_back('\n');
}

void append_threads(std::string& out) {
  for (auto const& thread : threads_of_process()) {
    append_line(out, "# ", thread.id, " ", thread.name);
  }
}

// What is no number of seconds is as good as nothing, as in v1.3.0.
std::int64_t seconds_of(query const& arguments) {
  auto const given = arguments.is_well_formed() ? arguments.get("seconds") : std::nullopt;
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

}  // namespace

outcome pprof_index(call const& what) {
  std::string body =
      "<html>\n<head>\n<title>/debug/pprof/</title>\n</head>\n<body>\n/debug/pprof/\n";
  append_line(body, "<p>nsqlookupd v", what.server.version, " (built w/", what.server.built_with,
              ")</p>");
  append_line(body, "<p>This is a C++ process: profile and heap are in the formats of gperftools, ",
              "which go tool pprof and google-pprof read. The other pages say in plain text what ",
              "is known.</p>\n<ul>");
  for (auto const& [name, description] : pages) {
    append_line(body, "<li><a href='/debug/pprof/", name, "'>", name, "</a>: ", description,
                "</li>");
  }
  append(body, "</ul>\n</body>\n</html>\n");
  return {.body = std::move(body), .content = content_type::html};
}

outcome pprof_cmdline(call const&) {
  return text(command_line_of_process());
}

outcome pprof_symbol(call const& what) {
  auto const asked = what.method == "POST" ? what.body : what.arguments.encoded();
  return {.rest = names_of_addresses(std::string{asked})};
}

outcome pprof_profile(call const& what) {
  auto const seconds = seconds_of(what.arguments);
  if (seconds > most_seconds) {
    return refused_with(400, "a profile may take 300 seconds at most\n");
  }
  auto profile = profile_of_cpu(std::chrono::seconds{seconds});
  if (profile == nullptr) {
    return refused_with(409, "could not enable CPU profiling: another profile is being taken\n");
  }
  return {.rest = std::move(profile)};
}

outcome pprof_heap(call const&) {
  auto const heap = heap_of_process();
  std::string figures;
  append_line(figures, "# HeapInuse = ", heap.in_use);
  append_line(figures, "# HeapIdle = ", heap.free);
  append_line(figures, "# HeapMapped = ", heap.mapped);
  append_line(figures, "# HeapSys = ", heap.from_system);
  append_line(figures, "# MaxRSS = ", cpu_of_process().peak_resident_bytes);
  return text(profile_of_heap(std::move(figures)));
}

outcome pprof_goroutine(call const&) {
  std::string body = "goroutine profile: total 0\n";
  append_line(body, "# A C++ process has no goroutines, and its coroutines keep no list. Threads:");
  append_threads(body);
  return text(std::move(body));
}

outcome pprof_block(call const&) {
  return text(
      "--- contention:\n"
      "# A C++ process does not record waiting for locks; use perf lock or offcputime.\n");
}

outcome pprof_threadcreate(call const&) {
  std::string body = "threadcreate profile: total ";
  append_line(body, threads_of_process().size());
  append_line(body, "# A C++ process does not record who created a thread. Threads:");
  append_threads(body);
  return text(std::move(body));
}

}  // namespace nsqlookupd::http_api
