// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/time.hpp>

#include <chrono>
#include <functional>

namespace nsqlookupd::net {

/// What time it is. Tests put their own in its place.
using wall_clock = std::function<registry::time_point()>;

/// The machine's clock.
[[nodiscard]] inline registry::time_point system_time() {
  return std::chrono::time_point_cast<registry::time_point::duration>(
      std::chrono::system_clock::now());
}

}  // namespace nsqlookupd::net
