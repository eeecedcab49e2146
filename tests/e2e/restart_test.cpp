// SPDX-License-Identifier: MIT
//
// A server that ends in any way, and starts again on what it has stored.
#include "eventually.hpp"
#include "stored_server.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using strings = std::vector<std::string>;

// So long that nobody is late, and short enough to wait for.
strings const some_grace{"-restore-grace=5s"};

TEST(restart, by_sigterm_lists_those_who_were_connected_and_none_who_had_left) {
  stored_server server;
  auto const stays = server.producer("10.0.0.1", {"t c"});
  {
    auto const leaves = server.producer("10.0.0.2", {"t c2"});
  }
  ASSERT_TRUE(eventually([&] { return server.producers_of("t").size() == 1; }));
  ASSERT_EQ(server.stop(), 0);
  server.start();
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
  EXPECT_THAT(server.producers_of("t", "remote_address"), ElementsAre(stays.name()));
  EXPECT_THAT(server.listed("/channels?topic=t", "channels"), ElementsAre("c", "c2"));
  EXPECT_EQ(server.metric("nsqlookupd_restored_producers"), 1);
}

TEST(restart, lists_those_who_come_while_the_server_drains) {
  stored_server server{{"-drain-timeout=1h"}};
  auto const early = server.producer("10.0.0.1", {"t"});
  server.running().process().send(SIGTERM);
  server.running().lines_through("draining: ");
  auto const late = server.producer("10.0.0.2", {"t"});
  server.settle();
  ASSERT_EQ(server.stop(), 0) << "the second signal";
  server.start();
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1", "10.0.0.2"));
}

TEST(restart, after_draining_lists_those_who_were_connected) {
  // Only the end stores them.
  stored_server server{{"-drain-timeout=1ms", "-store-interval=1h"}};
  auto const stays = server.producer("10.0.0.1", {"t"});
  ASSERT_EQ(server.stop(), 0);
  server.start();
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
}

TEST(restart, after_two_signals_at_once_lists_those_who_were_stored) {
  stored_server server;
  auto const stays = server.producer("10.0.0.1", {"t c"});
  server.settle();
  server.running().process().send(SIGTERM);
  ASSERT_EQ(server.running().stop(SIGINT), 0);
  server.start();
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
  for (auto const& line : server.running().first_lines()) {
    EXPECT_EQ(line.find("WARNING"), std::string::npos) << line;
  }
}

TEST(restart, shows_what_was_restored_as_changes) {
  stored_server server;
  auto const stays = server.producer("10.0.0.1", {"t c"});
  server.settle();
  server.restart();
  EXPECT_THAT(server.changes_by("restart"),
              IsSupersetOf(strings{"topic_added t/", "channel_added t/c", "producer_restored /",
                                   "registered t/", "registered t/c"}));
  auto const metrics = server.running().http_client().get("/metrics").body;
  EXPECT_NE(metrics.find("\nnsqlookupd_changes_total{kind=\"producer_restored\"} 1\n"),
            std::string::npos);
}

TEST(restart, a_connection_takes_over_and_loses_what_it_does_not_register_again) {
  stored_server server;
  auto const before = server.producer("10.0.0.1", {"t c", "t d", "u e"});
  auto const other = server.producer("10.0.0.2", {"t"});
  server.settle();
  server.restart(some_grace);
  ASSERT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1", "10.0.0.2"));

  auto const after = server.producer("10.0.0.1", {"t c"});
  EXPECT_THAT(server.producers_of("t", "remote_address"), Contains(after.name()));
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1", "10.0.0.2"));
  EXPECT_THAT(server.producers_of("u", "remote_address"), ElementsAre(after.name()));

  EXPECT_TRUE(eventually([&] { return server.producers_of("t") == strings{"10.0.0.1"}; }));
  EXPECT_TRUE(eventually([&] { return server.producers_of("u").empty(); }));
  EXPECT_THAT(sorted(server.changes_by("not back after restart")),
              ElementsAre("producer_expired /", "unregistered t/", "unregistered t/d",
                          "unregistered u/", "unregistered u/e"));
  EXPECT_THAT(server.producers_of("t", "remote_address"), ElementsAre(after.name()));
  EXPECT_EQ(server.metric("nsqlookupd_restored_producers"), 0);
}

TEST(restart, those_who_do_not_come_back_end_though_nobody_asks) {
  stored_server server;
  {
    auto const stays = server.producer("10.0.0.1", {"t"});
    server.settle();
    server.kill();
  }
  server.start({"-restore-grace=1ms"});
  server.running().lines_through("UNREGISTER category:client");
}

TEST(restart, two_producers_that_say_the_same_of_themselves_stay_two) {
  stored_server server;
  auto const first = server.producer("10.0.0.1", {"t"});
  auto const second = server.producer("10.0.0.1", {"t"});
  server.settle();
  server.restart();
  EXPECT_THAT(server.producers_of("t", "remote_address"),
              testing::UnorderedElementsAre(first.name(), second.name()));
  auto const one = server.producer("10.0.0.1", {"t"});
  EXPECT_EQ(server.producers_of("t").size(), 2U);
  auto const two = server.producer("10.0.0.1", {"t"});
  EXPECT_THAT(server.producers_of("t", "remote_address"),
              testing::UnorderedElementsAre(one.name(), two.name()));
  auto const three = server.producer("10.0.0.1", {"t"});
  EXPECT_EQ(server.producers_of("t").size(), 3U);
}

// `tombstoned_at` of the only producer of `t`, as far as it is stored.
std::string tombstone_time(stored_server const& server) {
  auto const body = server.http_client().get("/debug").body;
  constexpr std::string_view label = "\"tombstoned_at\":";
  auto const found = body.find(label, body.find("\"topic:t:\""));
  auto const begin = found + label.size();
  auto const nanoseconds = body.substr(begin, body.find_first_of(",}", begin) - begin);
  return nanoseconds.substr(0, nanoseconds.size() - std::string_view{"000"}.size());
}

TEST(restart, a_tombstone_lives_on_and_ends_when_it_would_have_ended) {
  stored_server server{{"-tombstone-lifetime=1h"}};
  auto const hidden = server.producer("10.0.0.1", {"t", "u"});
  ASSERT_EQ(server.http_client().post("/topic/tombstone?topic=t&node=10.0.0.1:4151").status(), 200);
  auto const set_at = tombstone_time(server);
  server.settle();
  server.restart({"-tombstone-lifetime=1h"});
  EXPECT_THAT(server.producers_of("t"), IsEmpty());
  EXPECT_THAT(server.producers_of("u"), ElementsAre("10.0.0.1"));
  EXPECT_EQ(tombstone_time(server), set_at);
  server.settle();
  server.restart({"-tombstone-lifetime=1s"});
  EXPECT_TRUE(eventually([&] { return server.producers_of("t") == strings{"10.0.0.1"}; }));
}

// As if the server had been away for so long.
void restart_after(stored_server& server, int seconds, strings const& flags = {}) {
  auto const microseconds = std::to_string(seconds) + "000000";
  server.settle();
  server.kill();
  server.change_file("update producers set last_seen = last_seen - " + microseconds +
                     "; update meta set value = value - " + microseconds +
                     " where key = 'alive_at'");
  server.start(flags);
}

TEST(restart, does_not_list_those_who_were_last_seen_too_long_ago) {
  stored_server server;
  auto const before = server.producer("10.0.0.1", {"t c"});
  restart_after(server, 600, {"-inactive-producer-timeout=1h"});
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
  restart_after(server, 600);
  EXPECT_THAT(server.producers_of("t"), IsEmpty());
  EXPECT_THAT(server.listed("/channels?topic=t", "channels"), ElementsAre("c"));
}

// Else nothing would end it where a server is restarted again and again.
TEST(restart, does_not_count_those_as_seen_who_did_not_come_back) {
  stored_server server;
  auto const before = server.producer("10.0.0.1", {"t"});
  restart_after(server, 200);
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
  restart_after(server, 200);
  EXPECT_THAT(server.producers_of("t"), IsEmpty());
}

TEST(restart, tells_how_much_a_lower_limit_leaves_out) {
  stored_server server;
  auto const before = server.producer("10.0.0.1", {"t c", "u"});
  ASSERT_EQ(server.stop(), 0);
  server.start({"-max-topics=1"});
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
  EXPECT_THAT(server.listed("/topics", "topics"), ElementsAre("t"));
  EXPECT_THAT(server.running().first_lines(),
              Contains(HasSubstr("WARNING: STORE: 2 stored topics, channels and registrations")));
}

TEST(restart, again_before_anything_is_stored_loses_nothing) {
  stored_server server;
  auto const before = server.producer("10.0.0.1", {"t c"});
  server.settle();
  server.restart({"-store-interval=1h"});
  server.restart({"-store-interval=1h"});
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
  ASSERT_EQ(server.stop(), 0);
  server.start();
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
}

TEST(restart, goes_on_with_greater_revisions) {
  stored_server server;
  auto const before = server.producer("10.0.0.1", {"t"});
  auto const index = [&] {
    return std::stoull(server.http_client().get("/lookup?topic=t").field("X-Nsq-Index"));
  };
  auto const first = index();
  server.settle();
  server.restart();
  EXPECT_GT(index(), first);
  server.settle();
  server.kill();
  // As if the clock had been set back since then.
  auto const later = first + 86'400'000'000;
  server.change_file("update meta set value = " + std::to_string(later) +
                     " where key = 'revision'");
  server.start();
  EXPECT_GT(index(), later);
}

TEST(restart, opens_no_port_before_all_is_there) {
  stored_server server;
  auto const first = server.producer("10.0.0.1", {"t"});
  ASSERT_EQ(server.stop(), 0);
  server.change_file(R"(
    with recursive topic(n) as (select 1 union all select n + 1 from topic where n < 20),
      producer(n) as (select 1 union all select n + 1 from producer where n < 10000)
    insert into producers
      select n + 1000, '10.1.0.1:' || n, 'h' || n, 'b' || n, 4150, 4151, '1.3.0', '', '',
        last_seen, 0, (select json_group_object('t' || topic.n, json('["c"]')) from topic), '{}'
      from producer, (select max(last_seen) as last_seen from producers))");
  // Such a server is found by its port, not by its log.
  server.start_as({.says_where = false});
  EXPECT_EQ(server.producers_of("t20").size(), 10'000U);
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
}

}  // namespace
}  // namespace nsqlookupd::e2e
