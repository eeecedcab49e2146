// SPDX-License-Identifier: MIT
//
// The end of a failure that nobody expected.
#pragma once

#include <nsqlookupd/log/log.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>

namespace nsqlookupd {

/// Ends the process as operator new does when it gets no memory: by the new-handler. For memory
/// that was asked for by other means.
[[noreturn]] inline void end_out_of_memory() noexcept {
  if (auto* const handler = std::get_new_handler()) {
    handler();
  }
  std::abort();
}

/// Runs `io` until it is stopped. Lack of memory ends the process.
inline void run_to_end(boost::asio::io_context& io) {
  try {
    io.run();
  } catch (std::bad_alloc const&) {
    end_out_of_memory();
  }
}

/// For the end of a coroutine: an exception becomes a line in the log, which begins with `name`.
/// Lack of memory ends the process. `name` must outlive the coroutine.
[[nodiscard]] inline auto logging_failures(std::string_view name) {
  return [name](std::exception_ptr failure) {
    if (!failure) {
      return;
    }
    try {
      std::rethrow_exception(failure);
    } catch (std::bad_alloc const&) {
      end_out_of_memory();
    } catch (std::exception const& error) {
      log::limited_line(log::level::error, {"coroutines that ended by an exception"}, name,
                        " ended by an exception - ", error.what());
    } catch (...) {
      log::limited_line(log::level::error, {"coroutines that ended by an exception"}, name,
                        " ended by an exception");
    }
  };
}

}  // namespace nsqlookupd
