// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/journal.hpp>

#include <algorithm>

namespace nsqlookupd::registry {

std::size_t journal::size_of(entry const& kept) noexcept {
  auto const own = sizeof(entry) + kept.topic.size() + kept.channel.size() + kept.cause.size();
  if (kept.producer == nullptr) {
    return own;
  }
  auto const& peer = *kept.producer;
  return own + sizeof peer + peer.remote_address.size() + peer.hostname.size() +
         peer.broadcast_address.size() + peer.version.size() + peer.topology_zone.size() +
         peer.topology_region.size();
}

void journal::forget_oldest() {
  auto& forgotten = entries_[slot_of(oldest_)];
  size_ -= size_of(forgotten);
  forgotten.producer.reset();
  ++oldest_;
}

void journal::add(change const& made) {
  next_ = made.revision + 1;
  if (capacity_ == 0) {
    oldest_ = next_;
    return;
  }
  if (made.revision - oldest_ == capacity_) {
    forget_oldest();
  }
  if (slot_of(made.revision) == entries_.size()) {
    entries_.emplace_back();
  }
  // In place, so that the strings need no new memory.
  auto& fresh = entries_[slot_of(made.revision)];
  fresh.time = made.time;
  fresh.kind = made.kind;
  fresh.topic = made.topic;
  fresh.channel = made.channel;
  fresh.producer = made.producer;
  fresh.cause = made.cause;
  size_ += size_of(fresh);
  while (size_ > capacity_ * max_average_size && oldest_ != made.revision) {
    forget_oldest();
  }
}

void journal::read(std::uint64_t& since, std::size_t& budget, change_sink const& sink) const {
  for (auto revision = std::max(since + 1, oldest_); revision < next_ && budget > 0; ++revision) {
    auto const& kept = entries_[slot_of(revision)];
    sink({revision, kept.time, kept.kind, kept.topic, kept.channel, kept.producer, kept.cause});
    since = revision;
    --budget;
  }
}

}  // namespace nsqlookupd::registry
