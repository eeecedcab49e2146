// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/registration_places.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace nsqlookupd::registry {
namespace {

// So many entries are compared in the time that one hash takes.
constexpr std::size_t without_index = 16;

// Of 2^64. Ids are small numbers, and mostly follow one another: Boost's own mixing, to which a
// hash goes next, leaves the upper bits of such alike, by which it chooses the group.
constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15;

}  // namespace

std::size_t registration_places::where_hash::operator()(registration_id where) const noexcept {
  return static_cast<std::size_t>(static_cast<std::uint64_t>(where) * golden_ratio);
}

registration_places::~registration_places() = default;

registration_places::entry* registration_places::find(registration_id where) noexcept {
  if (index_) {
    auto const found = index_->find(where);
    return found == index_->end() ? nullptr : &entries_[*found];
  }
  auto const found = std::find_if(entries_.begin(), entries_.end(),
                                  [=](entry const& each) { return each.where == where; });
  return found == entries_.end() ? nullptr : &*found;
}

bool registration_places::contains(registration_id where) const noexcept {
  return const_cast<registration_places*>(this)->find(where) != nullptr;
}

void registration_places::insert(entry added) {
  if (!index_ && entries_.size() >= without_index) {
    build_index();
  }
  entries_.push_back(added);
  if (index_) {
    insert_into_index(static_cast<std::uint32_t>(entries_.size() - 1));
  }
}

void registration_places::build_index() {
  auto index = std::make_unique<index_of_entries>(0, where_hash{&entries_}, where_equal{&entries_});
  for (std::uint32_t at = 0; at < entries_.size(); ++at) {
    index->insert(at);
  }
  index_ = std::move(index);
}

// Without memory for it, the list does without the index until there is.
void registration_places::insert_into_index(std::uint32_t at) noexcept {
  try {
    index_->insert(at);
  } catch (std::bad_alloc const&) {
    index_.reset();
  }
}

registration_places::entry registration_places::pop_back() noexcept {
  auto const last = entries_.back();
  if (index_) {
    index_->erase(index_->find(static_cast<std::uint32_t>(entries_.size() - 1)));
  }
  entries_.pop_back();
  return last;
}

void registration_places::erase(entry* which) noexcept {
  auto const at = static_cast<std::uint32_t>(which - entries_.begin());
  auto const last = static_cast<std::uint32_t>(entries_.size() - 1);
  if (index_) {
    index_->erase(index_->find(which->where));
    if (at != last) {
      index_->erase(index_->find(entries_[last].where));
      entries_[at] = entries_[last];
      insert_into_index(at);
    }
  } else {
    entries_[at] = entries_[last];
  }
  entries_.pop_back();
}

}  // namespace nsqlookupd::registry
