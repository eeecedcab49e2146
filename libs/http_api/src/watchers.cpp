// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/watchers.hpp>

#include <utility>

namespace nsqlookupd::http_api {

namespace {

using registry::change_kind;

// Channels, and topics without producers, are not in `/nodes`.
bool is_in_nodes(registry::change const& made) noexcept {
  switch (made.kind) {
    case change_kind::topic_added:
    case change_kind::channel_added:
    case change_kind::channel_removed:
      return false;
    default:
      return made.channel.empty();
  }
}

// Topics without producers are listed, too, where that is asked for.
bool is_in_topics(registry::change const& made) noexcept {
  switch (made.kind) {
    case change_kind::topic_added:
    case change_kind::topic_removed:
      return true;
    case change_kind::registered:
    case change_kind::unregistered:
      return made.channel.empty();
    default:
      return false;
  }
}

// One with many keys takes the memory of several with one.
std::size_t cost_of(std::size_t keys) noexcept {
  constexpr std::size_t keys_of_one = 16;
  return 1 + (keys - 1) / keys_of_one;
}

}  // namespace

watchers::~watchers() = default;

bool watchers::add(watcher& fresh, std::span<std::string const> keys) {
  std::lock_guard const lock{mutex_};
  auto const cost = cost_of(keys.size());
  if (limit_ != 0 && cost_ + cost > limit_) {
    return false;
  }
  cost_ += cost;
  fresh.subscriptions_ = std::make_unique<subscription[]>(keys.size());
  fresh.count_ = keys.size();
  ++size_;
  for (std::size_t index = 0; index < keys.size(); ++index) {
    auto const [position, is_new] = keys_.try_emplace(keys[index]);
    auto& entry = position->second;
    entry.name = position->first;
    auto& own = fresh.subscriptions_[index];
    own.key = &entry;
    own.owner = &fresh;
    entry.waiting.push_back(own);
    ++entry.count;
  }
  return true;
}

void watchers::remove(watcher& gone) noexcept {
  std::lock_guard const lock{mutex_};
  if (gone.subscriptions_ == nullptr) {
    return;
  }
  for (std::size_t index = 0; index < gone.count_; ++index) {
    auto& own = gone.subscriptions_[index];
    own.unlink();
    if (--own.key->count == 0) {
      keys_.erase(keys_.find(own.key->name));
    }
  }
  cost_ -= cost_of(gone.count_);
  gone.subscriptions_.reset();
  gone.count_ = 0;
  --size_;
}

bool watchers::wake_some(std::size_t count) {
  std::lock_guard const lock{mutex_};
  for (; count > 0 && !due_.empty(); --count) {
    auto& next = due_.front();
    due_.pop_front();
    next.key->waiting.push_back(next);
    next.owner->wake(next.key->changed_at);
  }
  are_due_ = !due_.empty();
  return are_due_;
}

void watchers::mark_all() {
  std::lock_guard const lock{mutex_};
  for (auto& [name, entry] : keys_) {
    mark(entry);
  }
}

void watchers::mark(std::string_view key) {
  if (auto const found = keys_.find(key); found != keys_.end()) {
    found->second.changed_at = last_change_;
    mark(found->second);
  }
}

void watchers::mark(key_entry& changed) {
  due_.splice(due_.end(), changed.waiting);
  are_due_ = !due_.empty();
}

void watchers::on_change(registry::change const& made) {
  if (size_ == 0) {
    return;
  }
  std::lock_guard const lock{mutex_};
  last_change_ = made.time;
  mark(change_key::any);
  if (is_in_topics(made)) {
    mark(change_key::topics);
  }
  if (is_in_nodes(made)) {
    mark(change_key::nodes);
  }
}

void watchers::on_lookup_changed(std::string_view topic) {
  if (size_ == 0) {
    return;
  }
  std::lock_guard const lock{mutex_};
  mark(change_key::any);
  mark(topic);
}

}  // namespace nsqlookupd::http_api
