// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/journal.hpp>

#include <algorithm>
#include <ranges>

namespace nsqlookupd::registry {

journal::journal(std::size_t capacity, std::uint64_t last_revision)
    : capacity_{capacity}, forgotten_{last_revision} {
  // Memory that is not touched costs nothing, but to move what is there does.
  constexpr std::size_t most_at_once = std::size_t{1} << 16U;
  entries_.reserve(std::min(capacity, most_at_once));
}

std::size_t journal::size_of(change const& made) noexcept {
  auto const own = sizeof(entry) + made.topic.size() + made.channel.size() + made.cause.size();
  if (made.producer == nullptr) {
    return own;
  }
  auto const& peer = *made.producer;
  return own + sizeof peer + peer.remote_address.size() + peer.hostname.size() +
         peer.broadcast_address.size() + peer.version.size() + peer.topology_zone.size() +
         peer.topology_region.size();
}

void journal::forget_oldest() {
  auto& oldest = entries_[first_ % capacity_];
  size_ -= oldest.size;
  forgotten_ = oldest.revision;
  oldest.producer.reset();
  ++first_;
}

void journal::add(change const& made, std::shared_ptr<peer_info const> const& producer) {
  if (capacity_ == 0) {
    forgotten_ = made.revision;
    return;
  }
  if (next_ - first_ == capacity_) {
    forget_oldest();
  }
  if (next_ < capacity_) {
    entries_.emplace_back();
  }
  // In place, so that the strings need no new memory.
  auto& fresh = entries_[next_++ % capacity_];
  fresh.revision = made.revision;
  fresh.time = made.time;
  fresh.kind = made.kind;
  fresh.topic = made.topic;
  fresh.channel = made.channel;
  fresh.producer = producer;
  fresh.cause = made.cause;
  fresh.size = size_of(made);
  size_ += fresh.size;
  while (size_ > capacity_ * max_average_size) {
    forget_oldest();
  }
}

std::optional<std::uint64_t> journal::oldest() const noexcept {
  return first_ == next_ ? std::nullopt : std::optional{at(first_).revision};
}

void journal::read(std::uint64_t& since, std::size_t& budget, change_sink const& sink) const {
  auto const numbers = std::views::iota(first_, next_);
  auto const revision_of = [this](std::uint64_t number) { return at(number).revision; };
  for (auto next = std::ranges::upper_bound(numbers, since, {}, revision_of);
       next != numbers.end() && budget > 0; ++next, --budget) {
    auto const& [revision, time, kind, topic, channel, producer, cause, size] = at(*next);
    sink({revision, time, kind, topic, channel, producer.get(), cause});
    since = revision;
  }
}

}  // namespace nsqlookupd::registry
