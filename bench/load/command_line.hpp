// SPDX-License-Identifier: MIT
#pragma once

#include "compare.hpp"
#include "scenarios.hpp"

#include <string>

namespace bench {

/// The task that the tool was given.
struct request {
  /// Empty: only the help is wanted.
  std::string command;
  load how;
  std::string tcp_address = "127.0.0.1:4160";
  std::string http_address = "127.0.0.1:4161";
  int pid = 0;
  /// Where JSON goes; `-` is standard output, in place of the table. Empty: nowhere.
  std::string json;
  bool markdown = false;
  comparison compared;
};

/// Reads `COMMAND --name=value …`. Throws std::runtime_error, one line, on what it does not know.
[[nodiscard]] request parse(int argc, char** argv);

[[nodiscard]] std::string help();

}  // namespace bench
