// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace bench {

/// One of the servers that are compared.
struct server_spec {
  std::string name;
  std::string binary;
  std::vector<std::string> flags;
  /// It is our floor server, by the name of its file.
  bool is_floor = false;
};

/// Reads `[NAME=]PATH [FLAG…]`, words between blanks; a name has no slash. Without one it is the
/// name of the file and the flags. Throws std::runtime_error when there is no path.
[[nodiscard]] server_spec parse_server(std::string const& text);

/// Numbers those that have the same name as one before.
void make_names_differ(std::vector<server_spec>& servers);

}  // namespace bench
