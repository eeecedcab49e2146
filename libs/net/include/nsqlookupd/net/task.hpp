// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace nsqlookupd::net {

/// Where sessions run: the io_context itself, however many threads run it. A session is one
/// coroutine and nobody else touches what is its own, so it needs no strand. The concrete type
/// instead of any_io_executor makes each of its frames and operations a third smaller.
using session_executor = boost::asio::io_context::executor_type;

/// A coroutine of a session.
template <class Result>
using task = boost::asio::awaitable<Result, session_executor>;

/// The completion token of every operation that may fail: the error comes first in a tuple and is
/// tested by the next statement. Deferred, so that awaiting it takes no frame of its own.
inline constexpr auto token = boost::asio::as_tuple(boost::asio::deferred);

/// The completion token of an operation that cannot fail.
inline constexpr boost::asio::use_awaitable_t<session_executor> use_task;

}  // namespace nsqlookupd::net
