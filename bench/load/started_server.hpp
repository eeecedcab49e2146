// SPDX-License-Identifier: MIT
#pragma once

#include "server_process.hpp"
#include "server_spec.hpp"

#include <chrono>
#include <cstddef>

namespace bench {

/// How to start a server whose cost is measured.
struct start_settings {
  bool at_default_log_level = false;
  /// For the floor server alone: it keeps the names that are registered, and the size of its
  /// answers; zero is its usual size.
  bool keeps_names = false;
  std::size_t body_bytes = 0;
  /// The longest time until it listens; see server_start::patience, which it can only shorten.
  std::chrono::milliseconds patience{60'000};
};

/// A server with limits that no load of this tool reaches.
[[nodiscard]] server_start start_of(server_spec const& server, start_settings const& how);

}  // namespace bench
