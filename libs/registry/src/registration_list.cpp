// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/registration_list.hpp>

#include <algorithm>

namespace nsqlookupd::registry {
namespace {

// To compare this many registrations takes as long as one hash.
constexpr std::size_t without_index = 16;

// 2^64 divided by the golden ratio. Ids are small and mostly consecutive. Boost's own mixing, which
// follows, leaves the upper bits of such numbers alike, and those choose the group.
constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15;

}  // namespace

std::size_t registration_list::by_record::operator()(auto key) const noexcept {
  return static_cast<std::size_t>(static_cast<std::uint64_t>(of(key)) * golden_ratio);
}

registration* registration_list::find(record_id record) noexcept {
  if (index_) {
    auto const found = index_->find(record);
    return found == index_->end() ? nullptr : &list_[*found];
  }
  auto const found = std::ranges::find(list_, record, &registration::record);
  return found == list_.end() ? nullptr : &*found;
}

registration* registration_list::insert(record_id record, std::uint32_t position,
                                        registration const* topic) {
  if (!index_ && list_.size() >= without_index) {
    build_index();
  }
  auto const at = static_cast<std::uint32_t>(list_.size());
  auto const previous = topic == nullptr ? at : static_cast<std::uint32_t>(topic - list_.data());
  auto const next = topic == nullptr ? at : topic->next;
  list_.push_back({.record = record,
                   .position = position & registration::most_positions,
                   .unconfirmed = 0,
                   .next = next,
                   .previous = previous});
  list_[previous].next = at;
  list_[next].previous = at;
  if (index_) {
    index_->insert(at);
  }
  return &list_.back();
}

void registration_list::build_index() {
  index_ = std::make_unique<index>(0, by_record{&list_}, by_record{&list_});
  for (std::uint32_t at = 0; at < list_.size(); ++at) {
    index_->insert(at);
  }
}

void registration_list::erase(registration* erased) {
  list_[erased->previous].next = erased->next;
  list_[erased->next].previous = erased->previous;
  if (index_) {
    index_->erase(erased->record);
  }
  auto const at = static_cast<std::uint32_t>(erased - list_.data());
  auto const last = static_cast<std::uint32_t>(list_.size() - 1);
  if (at != last) {
    auto moved = list_[last];
    if (index_) {
      index_->erase(moved.record);
    }
    list_[moved.previous].next = at;
    list_[moved.next].previous = at;
    // Alone in its ring it is its own neighbour.
    if (moved.next == last) {
      moved.next = moved.previous = at;
    }
    list_[at] = moved;
    if (index_) {
      index_->insert(at);
    }
  }
  pop_back<registration, 2>(list_);
}

}  // namespace nsqlookupd::registry
