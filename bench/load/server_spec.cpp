// SPDX-License-Identifier: MIT
#include "server_spec.hpp"

#include <filesystem>
#include <map>
#include <sstream>
#include <stdexcept>

namespace bench {

server_spec parse_server(std::string const& text) {
  server_spec server;
  std::istringstream words{text};
  words >> server.binary;
  for (std::string flag; words >> flag;) {
    server.flags.push_back(flag);
  }
  auto const equals = server.binary.find('=');
  if (equals != std::string::npos && equals < server.binary.find('/')) {
    server.name = server.binary.substr(0, equals);
    server.binary.erase(0, equals + 1);
  }
  auto const file = std::filesystem::path{server.binary}.filename().string();
  if (file.empty()) {
    throw std::runtime_error{"--server '" + text + "' names no binary"};
  }
  server.is_floor = file == "nsqlookupd-floor";
  if (server.name.empty()) {
    server.name = file;
    for (auto const& flag : server.flags) {
      server.name += ' ' + flag;
    }
  }
  return server;
}

void make_names_differ(std::vector<server_spec>& servers) {
  std::map<std::string, int> times;
  for (auto& server : servers) {
    auto const time = ++times[server.name];
    if (time > 1) {
      server.name += " (" + std::to_string(time) + ')';
    }
  }
}

}  // namespace bench
