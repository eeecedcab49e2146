// SPDX-License-Identifier: MIT
#include "listen.hpp"

#include <nsqlookupd/config/address.hpp>

#include <boost/system/system_error.hpp>

#include <stdexcept>

namespace nsqlookupd {
namespace {

namespace asio = boost::asio;

[[noreturn]] void fail_to_listen(std::string const& where, std::string const& reason) {
  throw std::runtime_error{"listen (" + where + ") failed - " + reason};
}

net::listener adopt(asio::any_io_executor const& executor, int descriptor) {
  try {
    return {executor, net::passed_descriptor{descriptor}};
  } catch (boost::system::system_error const& error) {
    fail_to_listen("descriptor " + std::to_string(descriptor),
                   error.code().message() + "; it must be a TCP socket that listens");
  }
}

}  // namespace

net::listener listen(asio::any_io_executor const& executor, std::string const& address,
                     int passed) {
  if (passed >= 0) {
    return adopt(executor, passed);
  }
  auto const place = config::parse_address(address);
  if (!place) {
    fail_to_listen(address, place.error().reason);
  }
  try {
    return {executor, place->host, place->port};
  } catch (boost::system::system_error const& error) {
    fail_to_listen(address, error.code().message());
  }
}

std::optional<net::listener> listen_if_asked(asio::any_io_executor const& executor,
                                             std::string const& address) {
  if (address.empty()) {
    return std::nullopt;
  }
  return listen(executor, address, -1);
}

}  // namespace nsqlookupd
