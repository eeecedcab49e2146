// SPDX-License-Identifier: MIT
//
// A client of `/watch`, without a socket.
#pragma once

#include "event_reader.hpp"
#include "world.hpp"
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd::http_api {

using test_support::read_events;
using test_support::sent_event;
using test_support::take_events;
using state = http::event_stream::state;
using events = std::vector<sent_event>;
using strings = std::vector<std::string>;

struct watch_test : testing::Test {
  static std::string numbered(std::string_view prefix, int number) {
    return std::string{prefix} + std::to_string(number);
  }

  std::unique_ptr<http::event_stream> watch(std::string const& query,
                                            std::string const& last_event_id = {}) {
    auto reply = here.respond(
        {.method = "GET", .target = "/watch?" + query, .last_event_id = last_event_id});
    EXPECT_EQ(reply.status, 200U) << query;
    if (reply.events == nullptr) {
      throw std::runtime_error{"no stream for " + query};
    }
    return std::move(reply.events);
  }

  // The event of a topic as it is now.
  sent_event event_of(std::string const& topic, bool is_single = false) {
    auto const answer = here.get("/lookup?topic=" + escaped(topic));
    auto data = answer.body;
    if (!is_single) {
      data.insert(1, R"("topic":")" + topic + R"(",)");
    }
    return {answer.field("X-Nsq-Index"), answer.status == 200 ? "lookup" : "not_found", data};
  }

  events events_of(strings const& topics) {
    events all;
    for (auto const& topic : topics) {
      all.push_back(event_of(topic));
    }
    return all;
  }

  static std::string escaped(std::string topic) {
    if (auto const at = topic.find('#'); at != std::string::npos) {
      topic.replace(at, 1, "%23");
    }
    return topic;
  }

  // The topics of events, in order.
  static strings topics_of(events const& all) {
    strings topics;
    for (auto const& each : all) {
      std::string_view const data = each.data;
      auto const begin = data.find(R"("topic":")") + 9;
      topics.emplace_back(data.substr(begin, data.find('"', begin) - begin));
    }
    return topics;
  }

  // The next event alone; nothing when there is none.
  static events first_event(http::event_stream& stream) {
    for (int turn = 0; turn < 1000; ++turn) {
      auto const now = stream.write_some(1000);
      if (now != state::busy) {
        return now == state::ready ? take_events(stream) : events{};
      }
    }
    return {};
  }

  // The indexes grow.
  static void expect_in_order(events const& all) {
    std::uint64_t last = 0;
    for (auto const& each : all) {
      EXPECT_GT(std::stoull(each.id), last);
      last = std::stoull(each.id);
    }
  }

  void fill(int topics, std::string_view prefix = "t") {
    for (int number = 0; number < topics; ++number) {
      here.db.create_topic(numbered(prefix, number));
    }
  }

  registry::history const since{.capacity = 1000, .last_revision = 5000};
  world here{{}, {}, since};
};

}  // namespace nsqlookupd::http_api
