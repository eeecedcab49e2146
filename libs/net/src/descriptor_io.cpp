// SPDX-License-Identifier: MIT
#include "descriptor_io.hpp"

#include <boost/asio/error.hpp>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace nsqlookupd::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

error_code last_error() {
  return {errno, boost::system::system_category()};
}

ssize_t send_both(int descriptor, std::string_view head, std::string_view body) noexcept {
  std::array<iovec, 2> parts{{{const_cast<char*>(head.data()), head.size()},
                              {const_cast<char*>(body.data()), body.size()}}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  return ::sendmsg(descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

bool is_would_block(error_code error) noexcept {
  return error == asio::error::would_block || error == asio::error::try_again;
}

std::size_t receive_some(int descriptor, std::span<char> into, error_code& error) noexcept {
  auto const count = ::recv(descriptor, into.data(), into.size(), MSG_DONTWAIT);
  if (count > 0) {
    error.clear();
    return static_cast<std::size_t>(count);
  }
  error = count == 0 ? error_code{asio::error::eof} : last_error();
  return 0;
}

error_code send_some(int descriptor, std::string_view& head, std::string_view& body) noexcept {
  auto const sent = body.empty()
                        ? ::send(descriptor, head.data(), head.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                        : send_both(descriptor, head, body);
  if (sent < 0) {
    return last_error();
  }
  auto const from_head = std::min(static_cast<std::size_t>(sent), head.size());
  head.remove_prefix(from_head);
  body.remove_prefix(static_cast<std::size_t>(sent) - from_head);
  return {};
}

}  // namespace nsqlookupd::net
