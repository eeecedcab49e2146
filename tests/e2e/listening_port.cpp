// SPDX-License-Identifier: MIT
#include "listening_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>

namespace nsqlookupd::e2e {
namespace {

namespace fs = std::filesystem;

// `socket:[12345]` of every open socket.
std::set<std::string> sockets_of(fs::path const& process) {
  std::set<std::string> sockets;
  std::error_code error;
  for (auto entry = fs::directory_iterator{process / "fd", error};
       entry != fs::directory_iterator{}; entry.increment(error)) {
    auto const target = fs::read_symlink(entry->path(), error).string();
    if (target.starts_with("socket:")) {
      sockets.insert(target);
    }
  }
  return sockets;
}

struct table_row {
  std::string local_address;
  std::string state;
  std::string inode;
};

table_row parse(std::string const& line) {
  std::istringstream columns{line};
  std::string skipped;
  table_row row;
  columns >> skipped >> row.local_address >> skipped >> row.state >> skipped >> skipped >>
      skipped >> skipped >> skipped >> row.inode;
  return row;
}

// As the kernel's table writes an address: the network's byte order, printed as one number.
std::string in_hex(std::string const& address) {
  in_addr binary{};
  ::inet_pton(AF_INET, address.c_str(), &binary);
  std::ostringstream text;
  text << std::hex << std::uppercase;
  text.width(8);
  text.fill('0');
  text << binary.s_addr;
  return text.str();
}

}  // namespace

std::optional<std::uint16_t> listening_port(pid_t process, std::string const& address) {
  auto const folder = fs::path{"/proc"} / std::to_string(process);
  auto const sockets = sockets_of(folder);
  auto const wanted = in_hex(address) + ':';
  std::ifstream table{folder / "net/tcp"};
  for (std::string line; std::getline(table, line);) {
    auto const row = parse(line);
    if (row.state == "0A" && row.local_address.starts_with(wanted) &&
        sockets.contains("socket:[" + row.inode + ']')) {
      return static_cast<std::uint16_t>(
          std::stoul(row.local_address.substr(wanted.size()), nullptr, 16));
    }
  }
  return std::nullopt;
}

}  // namespace nsqlookupd::e2e
