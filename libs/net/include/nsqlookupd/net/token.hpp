// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>

namespace nsqlookupd::net {

/// The completion token of every operation that may fail: the error comes first in a tuple and is
/// tested by the next statement. Deferred, so that awaiting it takes no frame of its own.
inline constexpr auto token = boost::asio::as_tuple(boost::asio::deferred);

}  // namespace nsqlookupd::net
