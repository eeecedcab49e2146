// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/journal.hpp>

#include <algorithm>
#include <ranges>
#include <string_view>

namespace nsqlookupd::registry {

journal::journal(std::size_t capacity, std::uint64_t last_revision)
    : capacity_{capacity}, forgotten_{last_revision} {}

// One page more than it takes when the oldest change begins inside a page: the page that the next
// change begins has none that is remembered.
std::size_t journal::page_of(std::uint64_t number) const noexcept {
  return number / page_size % (capacity_ / page_size + 2);
}

change journal::at(std::uint64_t number) const noexcept {
  auto const& [entries, texts] = pages_[page_of(number)];
  auto const& [revision, time, producer, text, size] = entries[number % page_size];
  auto const kind = static_cast<change_kind>(texts[text]);
  std::string_view const topic{&texts[text + 1]};
  std::string_view const channel{topic.end() + 1};
  std::string_view const cause{channel.end() + 1};
  return {revision, time, kind, topic, channel, producer.get(), cause};
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
  auto& oldest = pages_[page_of(first_)].entries[first_ % page_size];
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
  auto const index = page_of(next_);
  if (index == pages_.size()) {
    pages_.emplace_back();
  }
  auto& [entries, texts] = pages_[index];
  auto const position = next_++ % page_size;
  if (position == 0) {
    texts.clear();
  }
  auto const text = texts.size();
  texts.resize(text + made.topic.size() + made.channel.size() + made.cause.size() + 4);
  auto* next = &texts[text];
  *next++ = static_cast<char>(made.kind);
  for (auto const part : {made.topic, made.channel, made.cause}) {
    next += part.copy(next, part.size()) + 1;
  }
  auto const size = static_cast<std::uint32_t>(size_of(made));
  entries[position] = {made.revision, made.time, producer, static_cast<std::uint32_t>(text), size};
  size_ += size;
  while (size_ > capacity_ * max_average_size) {
    forget_oldest();
  }
}

std::optional<std::uint64_t> journal::oldest() const noexcept {
  return first_ == next_ ? std::nullopt : std::optional{at(first_).revision};
}

void journal::read(std::uint64_t& since, std::size_t& budget, change_sink const& sink) const {
  auto const numbers = std::views::iota(first_, next_);
  auto const revision_of = [this](std::uint64_t number) {
    return pages_[page_of(number)].entries[number % page_size].revision;
  };
  for (auto next = std::ranges::upper_bound(numbers, since, {}, revision_of);
       next != numbers.end() && budget > 0; ++next, --budget) {
    sink(at(*next));
    since = revision_of(*next);
  }
}

}  // namespace nsqlookupd::registry
