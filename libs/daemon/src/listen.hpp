// SPDX-License-Identifier: MIT
//
// From a setting to a listener.
#pragma once

#include <nsqlookupd/net/listener.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <optional>
#include <string>

namespace nsqlookupd {

/// Listens on `address`, which is as parse_address() reads it; or on the socket whose descriptor is
/// `passed`, when that is not -1. Throws std::runtime_error: `listen (ADDRESS) failed - REASON`.
[[nodiscard]] net::listener listen(boost::asio::any_io_executor const& executor,
                                   std::string const& address, int passed);

/// The same where there is an address; nothing where it is empty.
[[nodiscard]] std::optional<net::listener> listen_if_asked(
    boost::asio::any_io_executor const& executor, std::string const& address);

}  // namespace nsqlookupd
