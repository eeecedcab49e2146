// SPDX-License-Identifier: MIT
#pragma once

#include "figures.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace bench {

/// Changes of topics, and how long they take to their watchers. A topic must not change again
/// before the last change has reached all of its watchers: so each event belongs to one change.
class deliveries {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit deliveries(std::size_t topics) : topics_(topics) {}

  /// `notify` is called when a change has reached the last watcher of its topic.
  void on_all_told(std::function<void()> notify) { notify_ = std::move(notify); }
  void add_watcher(std::size_t topic) { ++topics_[topic].watchers; }

  /// The topic changes at `now`.
  void change(std::size_t topic, time_point now);
  /// A watcher was told at `now`, after having been told of `changes` of the topic's changes, which
  /// is brought up to date. Returns false when there was nothing to tell.
  bool told(std::size_t topic, std::size_t& changes, time_point now);
  /// Whether no watcher of the topic waits for an event.
  [[nodiscard]] bool all_told(std::size_t topic) const { return topics_[topic].untold == 0; }

  /// The time from the change until a watcher is told, of each delivery.
  [[nodiscard]] latencies const& readers() const noexcept { return readers_; }
  /// The time from the change until the last watcher of the topic is told, of each change.
  [[nodiscard]] latencies const& last_readers() const noexcept { return last_readers_; }

 private:
  struct topic_state {
    std::size_t watchers = 0;
    std::size_t changes = 0;
    // The watchers that the last change has not reached.
    std::size_t untold = 0;
    time_point changed_at{};
  };

  std::vector<topic_state> topics_;
  std::function<void()> notify_ = [] {};
  latencies readers_;
  latencies last_readers_;
};

}  // namespace bench
