// SPDX-License-Identifier: MIT
#include "topic_states.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

stream_event lookup(std::vector<std::pair<std::string, std::string>> const& producers,
                    std::string const& beginning = "") {
  std::string data = "{" + beginning + R"("channels":[],"producers":[)";
  for (auto const& [host, port] : producers) {
    data += data.ends_with('[') ? "" : ",";
    data += R"({"broadcast_address":")" + host + R"(","tcp_port":)" + port + "}";
  }
  return {"lookup", data + "]}"};
}

std::vector<std::string> lines_of(std::optional<topic_change> const& change) {
  return change ? change->lines : std::vector<std::string>{};
}

TEST(topic_states, tell_the_first_state_and_then_differences) {
  topic_states topics{"t"};
  EXPECT_THAT(lines_of(topics.take(lookup({{"b", "2"}, {"a", "1"}}))),
              ElementsAre("t =a:1", "t =b:2"));
  auto const change = topics.take(lookup({{"c", "3"}, {"b", "2"}}));
  EXPECT_THAT(lines_of(change), ElementsAre("t -a:1", "t +c:3"));
  EXPECT_EQ(change->topic, "t");
  EXPECT_EQ(change->event, "lookup");
  EXPECT_THAT(change->producers, ElementsAre("b:2", "c:3"));
}

TEST(topic_states, are_silent_where_no_producer_came_or_went) {
  topic_states topics{"t"};
  EXPECT_TRUE(topics.take(lookup({{"a", "1"}, {"a", "1"}})));
  EXPECT_FALSE(topics.take(lookup({{"a", "1"}})));
  EXPECT_FALSE(topics.take({"other", "{}"}));
}

TEST(topic_states, begin_anew_after_a_reset) {
  topic_states topics{"t"};
  EXPECT_TRUE(topics.take(lookup({{"a", "1"}})));
  EXPECT_FALSE(topics.take({"reset", "{}"}));
  EXPECT_THAT(lines_of(topics.take(lookup({{"a", "1"}}))), ElementsAre("t =a:1"));
}

TEST(topic_states, tell_of_topics_without_producers) {
  topic_states topics{"t"};
  EXPECT_THAT(lines_of(topics.take({"not_found", "{}"})), ElementsAre("t not_found"));
  EXPECT_THAT(lines_of(topics.take(lookup({}))), ElementsAre("t empty"));
  EXPECT_THAT(lines_of(topics.take(lookup({{"a", "1"}}))), ElementsAre("t +a:1"));
  auto const gone = topics.take({"not_found", "{}"});
  EXPECT_THAT(lines_of(gone), ElementsAre("t -a:1", "t not_found"));
  EXPECT_EQ(gone->event, "not_found");
  EXPECT_THAT(gone->producers, IsEmpty());
}

TEST(topic_states, know_several_topics_by_their_names) {
  topic_states topics{""};
  EXPECT_THAT(lines_of(topics.take(lookup({{"a", "1"}}, R"("topic":"t",)"))),
              ElementsAre("t =a:1"));
  EXPECT_THAT(lines_of(topics.take({"not_found", R"({"topic":"u"})"})), ElementsAre("u not_found"));
  EXPECT_THAT(lines_of(topics.take(lookup({}, R"("topic":"t",)"))),
              ElementsAre("t -a:1", "t empty"));
}

TEST(topic_states, escape_spaces_controls_and_other_bytes) {
  topic_states topics{"t"};
  EXPECT_THAT(lines_of(topics.take(lookup({{R"(a b\u001b\\\u0000é)", "1"}}))),
              ElementsAre(R"(t =a\x20b\x1b\x5c\x00\xc3\xa9:1)"));
}

TEST(topic_states, put_brackets_around_ipv6_once) {
  topic_states topics{"t"};
  EXPECT_THAT(lines_of(topics.take(lookup({{"::1", "1"}, {"[::2]", "2"}, {"h", "-3"}}))),
              ElementsAre("t =[::1]:1", "t =[::2]:2", "t =h:-3"));
}

TEST(topic_states, refuse_events_of_something_else) {
  topic_states topics{""};
  for (auto const* const data :
       {"", "[]", "{", "{}", R"({"topic":"t","producers":1})",
        R"({"topic":"t","producers":[{"broadcast_address":"a","tcp_port":"1"}]})"}) {
    EXPECT_THROW(topics.take({"lookup", data}), std::runtime_error) << data;
  }
}

}  // namespace
}  // namespace nsqlookupd
