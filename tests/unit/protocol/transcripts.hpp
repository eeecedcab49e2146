// SPDX-License-Identifier: MIT
#pragma once

#include "v1_client.hpp"

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::protocol {

/// All that one client sends, and what it is replied.
struct transcript {
  std::string_view name;
  std::string input;
  replies expected;
  client_error_policy policy = client_error_policy::continue_session;
  /// True when the session closes of its own accord.
  bool closes = false;
};

inline std::ostream& operator<<(std::ostream& out, transcript const& subject) {
  return out << subject.name;
}

/// One of each kind of session. Their limits are transcript_line_size and transcript_body_size.
[[nodiscard]] std::vector<transcript> const& transcripts();

inline constexpr std::size_t transcript_line_size = 40;
inline constexpr std::size_t transcript_body_size = 120;

/// The settings for it.
[[nodiscard]] session_settings settings_of(transcript const& subject);

}  // namespace nsqlookupd::protocol
