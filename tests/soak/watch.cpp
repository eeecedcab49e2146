// SPDX-License-Identifier: MIT
#include "watch.hpp"

#include "questions.hpp"

#include <string_view>

namespace nsqlookupd::soak {
namespace {

using test_support::sent_event;

constexpr std::string_view opening = "{\"topic\":\"";

std::string topic_of(sent_event const& event) {
  if (!event.data.starts_with(opening)) {
    throw wrong_answer{"/watch?topic=* sends " + event.data.substr(0, 100)};
  }
  return event.data.substr(opening.size(), event.data.find('"', opening.size()) - opening.size());
}

// The data of an event about the topic whose lookup has this body.
std::string data_of(std::string const& topic, std::string const& body) {
  return std::string{opening} + topic + "\"," + body.substr(1);
}

}  // namespace

void watch::reconnect() {
  client_ = std::make_unique<test_support::event_client>(port_);
  auto const status =
      client_->open("/watch?topic=*", last_id_.empty() ? "" : "Last-Event-ID: " + last_id_ + "\r\n")
          .status();
  expect_equal("/watch?topic=*, the status", std::to_string(status), "200");
}

void watch::take(sent_event const& event) {
  ++events_;
  if (event.event == "reset") {
    told_.clear();
    return;
  }
  if (!event.id.empty()) {
    if (!last_id_.empty() && std::stoull(event.id) < std::stoull(last_id_)) {
      throw wrong_answer{"/watch?topic=* goes back from " + last_id_ + " to " + event.id};
    }
    last_id_ = event.id;
  }
  told_[topic_of(event)] = event.data;
}

std::string watch::wrong_topic() const {
  for (auto const& topic : model_.topic_names()) {
    auto const found = told_.find(topic);
    if (found == told_.end() || found->second != data_of(topic, model_.lookup(topic))) {
      return topic;
    }
  }
  for (auto const& [topic, data] : told_) {
    if (!model_.has_topic(topic) && data != data_of(topic, R"({"message":"TOPIC_NOT_FOUND"})")) {
      return topic;
    }
  }
  return {};
}

void watch::settle() {
  for (auto topic = wrong_topic(); !topic.empty(); topic = wrong_topic()) {
    try {
      // Many are wrong at first, and to find the first takes its time.
      do {
        take(client_->receive_event());
      } while (client_->has_event());
    } catch (wrong_answer const&) {
      throw;
    } catch (std::exception const& failure) {
      throw wrong_answer{"/watch?topic=* has not told what " + topic + " has become - " +
                         failure.what()};
    }
  }
}

}  // namespace nsqlookupd::soak
