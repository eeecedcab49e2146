// SPDX-License-Identifier: MIT
#include "pprof.hpp"

#include <nsqlookupd/http_api/json_writer.hpp>

#include "process_figures.hpp"

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

struct page {
  std::string_view name;
  std::string_view description;
};

constexpr std::array pages = {
    page{"block", "Time spent waiting for locks: not recorded."},
    page{"cmdline", "The command line of this process, its arguments separated by NUL bytes."},
    page{"goroutine", "The threads of this process; C++ has no goroutines."},
    page{"heap", "What the allocator holds."},
    page{"profile", "CPU time used so far; no samples are taken."},
    page{"symbol", "Names of addresses: none are known to the process."},
    page{"threadcreate", "The threads of this process; who started them is not recorded."},
};

outcome text(std::string body) {
  return {.body = std::move(body), .content = content_type::text};
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

}  // namespace

outcome pprof_index(call const& what) {
  std::string body =
      "<html>\n<head>\n<title>/debug/pprof/</title>\n</head>\n<body>\n/debug/pprof/\n";
  append_line(body, "<p>nsqlookupd v", what.server.version, " (built w/", what.server.built_with,
              ")</p>");
  append_line(body, "<p>This is a C++ process: it has no profiles for go tool pprof. These pages ",
              "say in plain text what it knows of itself.</p>\n<ul>");
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

outcome pprof_symbol(call const&) {
  return text(
      "num_symbols: 0\n"
      "# A C++ process does not know the names of its addresses; use addr2line on the binary.\n");
}

outcome pprof_profile(call const&) {
  auto const cpu = cpu_of_process();
  std::string body = "cpu time since start\n";
  append_line(body, "# user = ", cpu.user_microseconds, " us");
  append_line(body, "# system = ", cpu.system_microseconds, " us");
  append_line(body, "# voluntary context switches = ", cpu.voluntary_switches);
  append_line(body, "# involuntary context switches = ", cpu.involuntary_switches);
  append_line(body, "# A C++ process takes no CPU samples of itself; use perf record -p.");
  return text(std::move(body));
}

outcome pprof_heap(call const&) {
  auto const heap = heap_of_process();
  std::string body = "heap profile: totals only\n";
  append_line(body, "# HeapInuse = ", heap.in_use);
  append_line(body, "# HeapIdle = ", heap.free);
  append_line(body, "# HeapMapped = ", heap.mapped);
  append_line(body, "# HeapSys = ", heap.from_system);
  append_line(body, "# MaxRSS = ", cpu_of_process().peak_resident_bytes);
  append_line(body,
              "# A C++ process does not record who allocated what; use heaptrack or valgrind.");
  return text(std::move(body));
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
