// SPDX-License-Identifier: MIT
//
// Lines of which a client, or a lasting fault, could otherwise cause any number.
#pragma once

#include <nsqlookupd/log/log.hpp>

#include <cstdint>
#include <string_view>

namespace nsqlookupd::log {

/// What makes two lines a repetition of each other, such as `errors` of `[127.0.0.1:50706]`.
struct repeated {
  /// In static storage.
  std::string_view what;
  /// On whose account; empty: on nobody's in particular.
  std::string_view whose = {};
};

namespace detail {

/// Whether one more of these may be written now; if not, it is counted.
[[nodiscard]] bool admit(level severity, repeated const& kind) noexcept;
}  // namespace detail

/// Like line(), but of one kind only the first hundred within ten seconds are written. How many
/// more there were is said in a line of its own; see report_left_out().
template <line_part... Parts>
void limited_line(level severity, repeated const& kind, Parts const&... parts) noexcept {
  if (enabled(severity) && detail::admit(severity, kind)) line(severity, parts...);
}

/// Says what was left out of those ten seconds that are over. To be called now and then: it is one
/// atomic load as long as there is nothing to say. Any thread.
void report_left_out() noexcept;

/// Lines that limited_line() has left out since the program began. Any thread.
[[nodiscard]] std::uint64_t left_out_lines() noexcept;
}  // namespace nsqlookupd::log
