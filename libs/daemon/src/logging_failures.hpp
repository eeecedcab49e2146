// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/log/repeats.hpp>

#include <exception>
#include <string_view>

namespace nsqlookupd {

/// What a coroutine that ended by an exception leaves behind: a line in the log, and no more.
[[nodiscard]] inline auto logging_failures(std::string_view what) {
  return [what](std::exception_ptr failure) {
    if (!failure) {
      return;
    }
    try {
      std::rethrow_exception(failure);
    } catch (std::exception const& error) {
      log::limited_line(log::level::error, {"coroutines that ended by an exception"}, what,
                        " ended by an exception - ", error.what());
    } catch (...) {
      log::limited_line(log::level::error, {"coroutines that ended by an exception"}, what,
                        " ended by an exception");
    }
  };
}

}  // namespace nsqlookupd
