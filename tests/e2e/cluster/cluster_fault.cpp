// SPDX-License-Identifier: MIT
#include "cluster_fault.hpp"

#include "eventually.hpp"

#include <stdexcept>

namespace nsqlookupd::e2e {

cluster_fault::cluster_fault(cluster_of_members& cluster, fault_kind kind, std::size_t victim)
    : cluster_{cluster}, kind_{kind}, victim_{victim} {
  auto& member = cluster_[victim];
  switch (kind_) {
    case fault_kind::none:
      break;
    case fault_kind::etcd_killed:
    case fault_kind::etcd_wiped:
      cluster_.etcd().kill();
      break;
    case fault_kind::etcd_paused:
      cluster_.etcd().pause();
      break;
    case fault_kind::member_killed:
      member.kill();
      break;
    case fault_kind::member_paused:
      member.server().running().process().pause();
      break;
    case fault_kind::member_cut:
    case fault_kind::compacted:
      member.proxy().refuse();
      break;
    case fault_kind::bytes_swallowed:
      member.proxy().swallow();
      break;
    case fault_kind::connections_reset:
      member.proxy().reset_connections();
      break;
    case fault_kind::handed_over:
      member.server().hand_over();
      break;
  }
}

bool cluster_fault::leaves_running(std::size_t member) const noexcept {
  return member != victim_ ||
         (kind_ != fault_kind::member_killed && kind_ != fault_kind::member_paused);
}

bool cluster_fault::is_of_member() const noexcept {
  return kind_ == fault_kind::member_killed || kind_ == fault_kind::member_paused ||
         kind_ == fault_kind::member_cut || kind_ == fault_kind::bytes_swallowed ||
         kind_ == fault_kind::compacted;
}

void cluster_fault::outlast_the_lease() {
  if (!is_of_member()) {
    return;
  }
  auto const label = cluster_[victim_].node_id() + ':';
  auto& witness = cluster_[(victim_ + 1) % cluster_.size()].ask();
  if (!test_support::eventually(
          [&] { return witness.members().find(label) == std::string::npos; })) {
    throw std::runtime_error{"the others do not forget member " + label};
  }
}

void cluster_fault::end() {
  auto& member = cluster_[victim_];
  switch (kind_) {
    case fault_kind::none:
    case fault_kind::connections_reset:
    case fault_kind::handed_over:
      break;
    case fault_kind::etcd_killed:
      cluster_.etcd().restart();
      break;
    case fault_kind::etcd_wiped:
      cluster_.etcd().wipe();
      break;
    case fault_kind::etcd_paused:
      cluster_.etcd().resume();
      break;
    case fault_kind::member_killed:
      member.start();
      break;
    case fault_kind::member_paused:
      member.server().running().process().resume();
      break;
    case fault_kind::compacted:
      cluster_.compact();
      member.proxy().restore();
      break;
    case fault_kind::member_cut:
    case fault_kind::bytes_swallowed:
      member.proxy().restore();
      break;
  }
}

}  // namespace nsqlookupd::e2e
