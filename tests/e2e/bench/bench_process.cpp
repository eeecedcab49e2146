// SPDX-License-Identifier: MIT
#include "bench_process.hpp"

#include <string_view>
#include <utility>

namespace nsqlookupd::e2e {

test_support::ended_process run_bench(std::vector<std::string> arguments) {
  return test_support::run_to_end(
      {.program = NSQLOOKUPD_BENCH_BINARY, .arguments = std::move(arguments)});
}

std::string complaint_of(std::vector<std::string> arguments) {
  constexpr std::string_view name = "nsqlookupd-bench: ";
  auto const ended = run_bench(std::move(arguments));
  auto const begin = ended.error.find(name);
  if (ended.status != 1 || begin == std::string::npos || !ended.error.ends_with('\n')) {
    return "status " + std::to_string(ended.status) + ", error: " + ended.error;
  }
  auto const line = ended.error.substr(begin + name.size());
  if (line.find('\n') + 1 != line.size() || !ended.output.empty()) {
    return "more than a line: " + ended.output + ended.error;
  }
  return line.substr(0, line.size() - 1);
}

}  // namespace nsqlookupd::e2e
