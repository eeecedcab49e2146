// SPDX-License-Identifier: MIT
#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace nsqlookupd::config {

/// A place to listen on, split but not resolved.
struct address {
  /// An IPv4 or IPv6 address (without brackets, perhaps with a `%zone`) or a name; empty means
  /// every interface.
  std::string host;
  /// 0 lets the system pick one.
  std::uint16_t port = 0;

  bool operator==(address const&) const = default;
};

/// Why a text was refused: one line, without the name of the setting it was meant for.
struct bad_value {
  std::string reason;
};

/// A `T`, or the bad_value that says why there is none.
template <class T>
using result = boost::system::result<T, bad_value>;

/// Splits `host:port`, `[v6]:port` or `:port`. As in Go, an empty text is the same as `:`, and an
/// empty port is port 0. Nothing is looked up, so whether the host exists is not known here.
///
/// Returns the parts, or one line such as `address 127.0.0.1: missing port in address`.
[[nodiscard]] result<address> parse_address(std::string_view text);

}  // namespace nsqlookupd::config
