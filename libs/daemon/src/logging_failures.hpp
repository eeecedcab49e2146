// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/log/log.hpp>

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
      log::line(log::level::error, what, " ended by an exception - ", error.what());
    } catch (...) {
      log::line(log::level::error, what, " ended by an exception");
    }
  };
}

}  // namespace nsqlookupd
