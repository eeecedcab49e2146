// SPDX-License-Identifier: MIT
#include "watch_client.hpp"

#include "watch_model.hpp"

#include <algorithm>
#include <utility>

namespace nsqlookupd::test_support {

void watch_truth::note(std::string const& topic, std::uint64_t index, std::string state) {
  auto& states = topics_[topic];
  if (!states.empty() && states.rbegin()->first > index) {
    throw broken_contract("the index of " + topic + " goes back to " + std::to_string(index));
  }
  auto const [at, is_new] = states.try_emplace(index, state);
  if (!is_new && at->second != state) {
    throw broken_contract(topic + " has a new state at the old index " + std::to_string(index) +
                          "\n  before " + at->second + "\n  now    " + state);
  }
}

std::string watch_truth::state_at(std::string const& topic, std::uint64_t index) const {
  auto const states = topics_.find(topic);
  if (states == topics_.end()) {
    return {};
  }
  auto const found = states->second.find(index);
  return found == states->second.end() ? std::string{} : found->second;
}

std::string const& watch_truth::state_of(std::string const& topic) const {
  return topics_.at(topic).rbegin()->second;
}

std::uint64_t watch_truth::index_of(std::string const& topic) const {
  return topics_.at(topic).rbegin()->first;
}

std::string watch_client::target() const {
  std::string target = "/watch";
  for (auto topic : topics_) {
    if (auto const at = topic.find('#'); at != std::string::npos) {
      topic.replace(at, 1, "%23");
    }
    target += (target.find('?') == std::string::npos ? "?topic=" : "&topic=") + topic;
  }
  return target;
}

std::string watch_client::last_index() const {
  return last_index_ == 0 ? std::string{} : std::to_string(last_index_);
}

void watch_client::connect(std::unique_ptr<http::event_stream> stream,
                           http_api::watchers& waiting) {
  stream_ = std::move(stream);
  waiting_ = &waiting;
  busy_turns_ = 0;
  is_awake_ = true;
  if (!waiting_->add(*this, stream_->keys())) {
    complain("is one watcher too many");
  }
}

void watch_client::disconnect() {
  if (stream_ != nullptr) {
    waiting_->remove(*this);
    stream_.reset();
  }
}

void watch_client::forget() {
  last_index_ = floor_ = 0;
  told_.clear();
}

bool watch_client::read(std::size_t budget, watch_truth const& truth) {
  using state = http::event_stream::state;
  if (stream_ == nullptr || !is_awake_) {
    return false;
  }
  auto const now = stream_->write_some(budget);
  if (now == state::busy) {
    ++busy_turns_;
    return true;
  }
  if (now == state::idle) {
    busy_turns_ = 0;
    is_awake_ = false;
    return false;
  }
  // A lookup that changed all the while that it was written.
  constexpr std::size_t turns_of_a_torn_one = 3;
  bool const may_be_torn = std::exchange(busy_turns_, 0) >= turns_of_a_torn_one;
  for (auto const& event : take_events(*stream_)) {
    take(event, truth, may_be_torn);
  }
  return true;
}

void watch_client::be_slow() {
  if (stream_ != nullptr) {
    stream_->release();
  }
}

std::string watch_client::topic_of(sent_event const& event) const {
  constexpr std::string_view beginning = R"({"topic":")";
  if (!event.data.starts_with(beginning)) {
    if (topics_.size() != 1 || is_of_all()) {
      complain("is told of no topic: " + event.data);
    }
    return topics_.front();
  }
  auto const end = event.data.find('"', beginning.size());
  return event.data.substr(beginning.size(), end - beginning.size());
}

void watch_client::take(sent_event const& event, watch_truth const& truth, bool may_be_torn) {
  if (event.event == "reset") {
    if (!is_of_all() || last_index_ == 0 || event.id != "" || event.data != "{}") {
      complain("is told to begin anew");
    }
    floor_ = 0;
    told_.clear();
    return;
  }
  auto const topic = topic_of(event);
  if (!is_of_all() && std::ranges::find(topics_, topic) == topics_.end()) {
    complain("is told of " + topic);
  }
  auto state = event.data;
  if (is_of_all() || topics_.size() > 1) {
    auto const name = R"("topic":")" + topic + R"(",)";
    state.erase(1, name.size());
  }
  if ((event.event == "not_found") != (state == watch_truth::not_found)) {
    complain("gets an event " + event.event + " with " + state);
  }
  // One without an index has that of the next.
  auto const index = event.id.empty() ? truth.index_of(topic) : std::stoull(event.id);
  if (index < floor_) {
    complain("is sent back from " + std::to_string(floor_) + " to " + event.id);
  }
  last_index_ = floor_ = event.id.empty() ? last_index_ : index;
  if (auto const last = told_.find(topic); last != told_.end() && last->second.index >= index) {
    complain("is told twice of " + topic + " at " + std::to_string(index));
  }
  if (!may_be_torn && truth.state_at(topic, index) != state) {
    complain("is told an untruth of " + topic + " at " + std::to_string(index) + ": " + state +
             "\n  true is " + truth.state_at(topic, index));
  }
  // It comes again when the connection is lost before the next.
  told_[topic] = {.index = event.id.empty() ? last_index_ : index, .state = std::move(state)};
}

void watch_client::expect_complete(watch_truth const& truth) const {
  for (auto const& [topic, states] : truth.topics()) {
    if (!is_of_all() && std::ranges::find(topics_, topic) == topics_.end()) {
      continue;
    }
    auto const& now = truth.state_of(topic);
    auto const last = told_.find(topic);
    bool const is_gone = now == watch_truth::not_found;
    if (last == told_.end()) {
      if (!is_of_all() || !is_gone) {
        complain("was never told of " + topic);
      }
    } else if (last->second.state != now) {
      complain("believes of " + topic + " at " + std::to_string(last->second.index) + ": " +
               last->second.state + "\n  true at " + std::to_string(truth.index_of(topic)) +
               " is " + now);
    }
  }
}

void watch_client::complain(std::string const& about) const {
  throw broken_contract("the client of " + target() + ' ' + about);
}

}  // namespace nsqlookupd::test_support
