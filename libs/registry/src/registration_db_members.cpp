// SPDX-License-Identifier: MIT
//
// Producers whose connections are at other members of the cluster.
#include <nsqlookupd/registry/registration_db.hpp>

#include <memory>
#include <utility>

namespace nsqlookupd::registry {

// Its member says when it is silent: this one would hear no PING of it.
void registration_db::never_falls_silent(producer_record& producer, bool is_silent) {
  if (producer.activity.is_linked()) {
    by_activity_.erase(by_activity_.iterator_to(producer));
  }
  producer.silent = is_silent || lifetimes_.inactive_producer_timeout.count() <= 0;
}

producer_id registration_db::add_member_producer(member_producer said, std::string_view cause) {
  cause_ = cause;
  auto peer = std::make_shared<peer_info const>(std::move(said.peer));
  auto& fresh = insert_producer(std::move(peer), said.last_update);
  never_falls_silent(fresh, said.is_silent);
  fresh.known_by = origin::member;
  of_members_.insert(identity_of(fresh));
  tell_of_node(change_kind::producer_added, nullptr, fresh);
  return fresh.id;
}

void registration_db::update_member_producer(producer_id id, member_producer said,
                                             std::string_view cause) {
  cause_ = cause;
  auto& producer = producers_[id];
  bool const was_silent = producer.silent;
  bool const is_same = said.peer == *producer.peer;
  of_members_.erase(identity_of(producer));
  if (!is_same) {
    producer.peer = std::make_shared<peer_info const>(std::move(said.peer));
  }
  producer.last_update = said.last_update;
  of_members_.insert(identity_of(producer));
  never_falls_silent(producer, said.is_silent);
  if (producer.silent != was_silent) {
    tell_of_activity(producer.silent ? change_kind::producer_silent : change_kind::producer_back,
                     producer);
  } else if (!is_same) {
    tell_of_activity(change_kind::producer_added, producer);
  }
}

void registration_db::leave_to_member(producer_record& producer) {
  forget_origin(producer);
  producer.known_by = origin::member;
  of_members_.insert(identity_of(producer));
  never_falls_silent(producer, producer.silent);
  producer.registrations.set_all_unconfirmed();
  producer.unconfirmed = static_cast<std::uint32_t>(producer.registrations.size());
  tell_of_node(change_kind::producer_added, nullptr, producer);
}

}  // namespace nsqlookupd::registry
