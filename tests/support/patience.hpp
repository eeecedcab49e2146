// SPDX-License-Identifier: MIT
//
// How long a test waits for what must happen. No test fails because something was slow; only what
// never happens runs into these.
#pragma once

#include "sanitized.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace nsqlookupd::test_support {

using steady_time_point = std::chrono::steady_clock::time_point;

/// Enough for a busy machine.
inline constexpr std::chrono::seconds patience{amount(30, 120)};

/// When waiting ends that begins now.
[[nodiscard]] steady_time_point give_up_at(std::chrono::milliseconds limit = patience);

/// True as soon as `descriptor` is ready for `events` (or has failed), false at `until`.
[[nodiscard]] bool wait_for(int descriptor, short events, steady_time_point until);

/// Waits for input and reads some of it; 0 at the end of the input. Throws std::runtime_error, with
/// `description` in it, when nothing comes until `until`; std::system_error when reading fails.
[[nodiscard]] std::size_t read_some(int descriptor, std::span<char> into, steady_time_point until,
                                    std::string_view description);

/// Everything up to the end of the input. Throws as read_some() does.
[[nodiscard]] std::string read_to_end(int descriptor, steady_time_point until,
                                      std::string_view description);

}  // namespace nsqlookupd::test_support
