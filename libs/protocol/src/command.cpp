// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/command.hpp>
#include <nsqlookupd/protocol/white_space.hpp>

namespace nsqlookupd::protocol {

command parse_command(std::string_view line) noexcept {
  line = trim(line);
  auto space = line.find(' ');
  command parsed{.name = line.substr(0, space), .params = {}};
  while (space != std::string_view::npos && parsed.param_count < command::max_params) {
    line.remove_prefix(space + 1);
    space = line.find(' ');
    parsed.params[parsed.param_count++] = line.substr(0, space);
  }
  return parsed;
}

}  // namespace nsqlookupd::protocol
