// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/time.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <memory>
#include <optional>

namespace nsqlookupd::registry {

struct producer;

/// When each tombstoned producer of a topic was last tombstoned. Takes the room of one pointer as
/// long as there is none, for hardly any topic ever has one.
class tombstones {
 public:
  [[nodiscard]] bool empty() const noexcept { return !moments_; }
  [[nodiscard]] std::optional<time_point> find(producer const& who) const noexcept;

  /// Throws std::bad_alloc and changes nothing.
  void set(producer const& who, time_point now);

  void erase(producer const& who) noexcept;

 private:
  using moments = boost::unordered_flat_map<producer const*, time_point>;

  /// None rather than an empty one.
  std::unique_ptr<moments> moments_;
};

}  // namespace nsqlookupd::registry
