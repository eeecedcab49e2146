// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace nsqlookupd::actor {

/// Where sessions run: the io_context itself, however many threads run it. A session is one
/// coroutine and nobody else touches what is its own, so it needs no strand. The concrete type
/// instead of any_io_executor makes each of its frames and operations a third smaller.
using session_executor = boost::asio::io_context::executor_type;

/// A coroutine of a session.
template <class Result>
using task = boost::asio::awaitable<Result, session_executor>;

/// What makes an operation awaitable in a task, if it cannot fail.
inline constexpr boost::asio::use_awaitable_t<session_executor> use_task;

}  // namespace nsqlookupd::actor
