// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/log/log.hpp>

#include <boost/asio/io_context.hpp>

#include <new>

namespace nsqlookupd {

/// Runs `io` until it is stopped. Memory that cannot be had to start or to end a session concerns
/// that session: the others go on.
inline void run_to_end(boost::asio::io_context& io) {
  while (!io.stopped()) {
    try {
      io.run();
    } catch (std::bad_alloc const& failure) {
      log::line(log::level::error, "a client was lost - ", failure.what());
    }
  }
}

}  // namespace nsqlookupd
