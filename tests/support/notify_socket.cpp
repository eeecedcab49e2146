// SPDX-License-Identifier: MIT
#include "notify_socket.hpp"

#include "patience.hpp"
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>

namespace nsqlookupd::test_support {
namespace {

[[noreturn]] void fail_socket(char const* operation) {
  throw std::system_error{errno, std::generic_category(), operation};
}

file_descriptor open_socket() {
  file_descriptor opened{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (opened.number() < 0) {
    fail_socket("socket");
  }
  return opened;
}

}  // namespace

notify_socket::notify_socket() : socket_{open_socket()} {
  // No more than the family: the kernel gives it an abstract name.
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (::bind(socket_.number(), generic, sizeof address.sun_family) != 0 ||
      ::getsockname(socket_.number(), generic, &size) != 0) {
    fail_socket("bind");
  }
  name_.assign(address.sun_path, size - offsetof(sockaddr_un, sun_path));
  name_.front() = '@';
}

notify_socket::notify_socket(std::string const& path) : socket_{open_socket()}, name_{path} {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::bind(socket_.number(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    fail_socket(path.c_str());
  }
}

std::string notify_socket::next() const {
  std::array<char, 1024> notice;
  auto const size = read_some(socket_.number(), notice, give_up_at(), "a notice");
  return {notice.data(), size};
}

bool notify_socket::has_next() const {
  return wait_for(socket_.number(), POLLIN, give_up_at(std::chrono::milliseconds{0}));
}

}  // namespace nsqlookupd::test_support
