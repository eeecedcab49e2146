// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/listed_node.hpp>
#include <nsqlookupd/registry/producer.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

namespace nsqlookupd::registry {

peer_info const& listed_node::peer() const noexcept {
  return who_.peer;
}

std::uint64_t listed_node::version() const noexcept {
  return who_.version;
}

time_point listed_node::active_until() const noexcept {
  return db_.active_until(who_);
}

node_topics listed_node::topics() const {
  auto const good_until = db_.collect_topics(who_, now_, room_);
  return {room_, good_until};
}

}  // namespace nsqlookupd::registry
