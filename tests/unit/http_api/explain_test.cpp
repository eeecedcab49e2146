// SPDX-License-Identifier: MIT
//
// `/explain`: why producers of a topic are, or are not, in its lookup.
#include "world.hpp"
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::http_api {
namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

struct explain : testing::Test {
  explain() { here.db.advance(here.now); }

  // `address: because`, or `address known_by` for one that is listed.
  strings told(std::size_t budget = 1000) {
    auto const answer = here.ask("GET", "/explain?topic=t", budget);
    EXPECT_EQ(answer.status, 200U) << answer.body;
    strings all;
    auto const body = boost::json::parse(answer.body);
    for (auto const& each : body.at("producers").as_array()) {
      auto const text = [&](char const* member) {
        return std::string{each.at(member).as_string()};
      };
      all.push_back(text("broadcast_address") + (each.at("listed").as_bool()
                                                     ? ' ' + text("known_by")
                                                     : ": " + text("because")));
    }
    return all;
  }

  void let_pass(std::chrono::seconds time) {
    here.now += time;
    here.db.advance(here.now);
  }

  world here{{}, {}, {.capacity = 1000}};
};

TEST_F(explain, has_all_of_a_listed_producer) {
  here.add_to("t", "a");
  EXPECT_EQ(here.get("/explain?topic=t").body,
            R"({"topic":"t","exists":true,"producers":[{"remote_address":"10.0.0.1:4152",)"
            R"("hostname":"host","broadcast_address":"a","tcp_port":4150,"http_port":4151,)"
            R"("version":"1.3.0","topology_zone":"zone","topology_region":"region",)"
            R"("known_by":"connection","last_update":"2026-11-23T05:31:21.000000Z",)"
            R"("listed":true,"because":"","since":null,"cause":""}]})");
}

TEST_F(explain, has_all_of_one_that_left) {
  auto const id = here.add_to("t", "a");
  let_pass(60s);
  here.db.remove_producer(id);
  EXPECT_EQ(here.get("/explain?topic=t").body,
            R"({"topic":"t","exists":true,"producers":[{"remote_address":"10.0.0.1:4152",)"
            R"("hostname":"host","broadcast_address":"a","tcp_port":4150,"http_port":4151,)"
            R"("version":"1.3.0","topology_zone":"zone","topology_region":"region",)"
            R"("known_by":"events","last_update":null,"listed":false,)"
            R"("because":"unregistered at 2026-11-23T05:32:21.000000Z by EOF",)"
            R"("since":"2026-11-23T05:32:21.000000Z","cause":"EOF"}]})");
}

TEST_F(explain, says_that_it_is_tombstoned_or_silent) {
  here.add_to("t", "a");
  here.db.tombstone("t", "a:4151", here.now);
  EXPECT_EQ(told(), strings{"a: tombstoned until 2026-11-23T05:32:06.000000Z"});
  let_pass(45s);
  EXPECT_EQ(told(), strings{"a connection"});
  let_pass(256s);
  EXPECT_EQ(told(), strings{"a: silent since 2026-11-23T05:31:21.000000Z"});
  here.db.tombstone("t", "a:4151", here.now);
  EXPECT_EQ(told(), strings{"a: tombstoned until 2026-11-23T05:37:07.000000Z; "
                            "silent since 2026-11-23T05:31:21.000000Z"});
}

TEST_F(explain, says_how_it_is_known) {
  registry::peer_info peer;
  peer.broadcast_address = "a";
  auto const restored = here.db.restore_producer(peer, here.now);
  peer.broadcast_address = "b";
  auto const member = here.db.add_member_producer(
      {.peer = peer, .is_silent = false, .last_update = here.now}, "member");
  here.db.register_producer(restored, "t", {});
  here.db.register_producer(member, "t", {});
  here.add_to("t", "c");
  EXPECT_EQ(told(), (strings{"a restart", "b member", "c connection"}));
}

TEST_F(explain, tells_the_last_that_left_first) {
  auto const a = here.add_to("t", "a");
  auto const b = here.add_to("t", "b");
  here.add_to("t", "c");
  here.db.unregister_topic(b, "t");
  here.db.remove_producer(a, "reset by peer");
  EXPECT_EQ(told(), (strings{"c connection",
                             "a: unregistered at 2026-11-23T05:31:21.000000Z by reset by peer",
                             "b: unregistered at 2026-11-23T05:31:21.000000Z by UNREGISTER"}));
}

TEST_F(explain, tells_of_those_whose_topic_was_deleted) {
  auto const id = here.add_to("t", "a");
  here.db.delete_topic("t", "POST /topic/delete");
  auto const wanted =
      strings{"a: unregistered at 2026-11-23T05:31:21.000000Z by POST /topic/delete"};
  EXPECT_EQ(told(), wanted);
  EXPECT_NE(here.get("/explain?topic=t").body.find(R"("exists":false)"), std::string::npos);
  let_pass(1s);
  here.db.create_topic("t");
  here.db.delete_topic("t", "another");
  EXPECT_EQ(told(), wanted);
  here.db.register_producer(id, "t", {});
  EXPECT_EQ(told(), strings{"a connection"});
}

TEST_F(explain, does_not_tell_of_one_that_is_back) {
  auto const id = here.add_to("t", "a");
  here.db.remove_producer(id);
  auto const again = here.add_to("t", "a");
  EXPECT_EQ(told(), strings{"a connection"});
  here.add_to("t", "a");
  here.db.remove_producer(again);
  EXPECT_EQ(told(), strings{"a connection"});
}

TEST_F(explain, is_about_the_topic_alone) {
  auto const id = here.add_to("t", "a");
  here.db.register_producer(id, "t", "c");
  here.db.register_producer(id, "other", {});
  here.db.unregister_channel(id, "t", "c");
  here.db.unregister_topic(id, "other");
  here.db.delete_topic("other");
  EXPECT_EQ(told(), strings{"a connection"});
}

TEST_F(explain, of_an_unknown_topic_is_empty) {
  EXPECT_EQ(here.get("/explain?topic=t").body, R"({"topic":"t","exists":false,"producers":[]})");
}

TEST_F(explain, tells_of_the_last_hundred_that_left) {
  for (int number = 0; number < 150; ++number) {
    here.db.remove_producer(here.add_to("t", "a" + std::to_string(number)));
  }
  auto const all = told();
  ASSERT_EQ(all.size(), 100U);
  EXPECT_TRUE(all.front().starts_with("a149:"));
  EXPECT_TRUE(all.back().starts_with("a50:"));
}

TEST_F(explain, comes_in_pieces_where_it_is_long) {
  for (int number = 0; number < 300; ++number) {
    auto const id = here.add_to("t", "a" + std::to_string(number));
    if (number % 10 == 0) {
      here.db.remove_producer(id);
    }
  }
  auto const whole = told(100'000);
  EXPECT_EQ(whole.size(), 300U);
  EXPECT_EQ(told(1), whole);
  auto const stream = here.begin("/explain?topic=t");
  ASSERT_NE(stream, nullptr);
  EXPECT_FALSE(stream->write_some(10));
}

TEST_F(explain, says_which_argument_is_wrong) {
  EXPECT_EQ(here.get("/explain").body, R"({"message":"MISSING_ARG_TOPIC"})");
  EXPECT_EQ(here.get("/explain?topic=*").body, R"({"message":"INVALID_ARG_TOPIC"})");
  EXPECT_EQ(here.get("/explain?topic=%zz").body, R"({"message":"INVALID_REQUEST"})");
  EXPECT_EQ(here.get("/explain?topic=").status, 400U);
}

}  // namespace
}  // namespace nsqlookupd::http_api
