// SPDX-License-Identifier: MIT
#pragma once

#include "cluster_of_members.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nsqlookupd::e2e {

/// Faults that one after another may happen to a cluster behind proxies.
enum class fault_kind : std::uint8_t {
  none,
  etcd_killed,
  etcd_paused,
  etcd_wiped,
  member_killed,
  member_paused,
  member_cut,
  bytes_swallowed,
  connections_reset,
  compacted,
  handed_over,
};

inline constexpr std::array<std::string_view, 11> fault_names{
    "no fault",          "etcd killed",
    "etcd paused",       "etcd wiped",
    "member killed",     "member paused",
    "member cut off",    "bytes swallowed",
    "connections reset", "etcd compacted while a member was away",
    "hand-over"};

/// A fault, from its begin to its end. The victim is one of the members.
class cluster_fault {
 public:
  /// Returns when it is there, but not when all have noticed.
  cluster_fault(cluster_of_members& cluster, fault_kind kind, std::size_t victim);

  /// Clients can use the member.
  [[nodiscard]] bool leaves_running(std::size_t member) const noexcept;
  /// Others may forget the victim's producers meanwhile.
  [[nodiscard]] bool is_of_member() const noexcept;
  /// Returns when the others have forgotten the victim, or at once where they do not.
  void outlast_the_lease();
  /// The fault is over, but its effects need not be.
  void end();

 private:
  cluster_of_members& cluster_;
  fault_kind kind_;
  std::size_t victim_;
};

}  // namespace nsqlookupd::e2e
