// SPDX-License-Identifier: MIT
//
// Hand-overs of a server that stores its state.
#include "eventually.hpp"
#include "replaceable_server.hpp"
#include "stored_server.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using strings = std::vector<std::string>;

// By the log that the server of stored_server has for the test alone.
void hand_over(stored_server& server) {
  server.running().process().send(SIGUSR2);
  auto const lines = server.running().lines_through("HANDOVER: resumed ");
  for (auto const& line : lines) {
    EXPECT_THAT(line, testing::Not(HasSubstr("WARNING: "))) << line;
    EXPECT_THAT(line, testing::Not(HasSubstr("ERROR: HANDOVER"))) << line;
  }
}

TEST(stored_state, is_whole_when_a_server_is_killed_after_hand_overs) {
  stored_server server;
  auto const early = server.producer("10.0.0.1", {"t c"});
  hand_over(server);
  auto between = server.producer("10.0.0.2", {"t", "u d"});
  hand_over(server);
  auto const late = server.producer("10.0.0.3", {"t"});
  EXPECT_EQ(between.command("UNREGISTER u"), "OK");
  EXPECT_EQ(server.http_client().post("/topic/create?topic=made").status(), 200);
  server.settle();
  server.restart();
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1", "10.0.0.2", "10.0.0.3"));
  EXPECT_THAT(server.producers_of("t", "remote_address"),
              testing::UnorderedElementsAre(early.name(), between.name(), late.name()));
  EXPECT_THAT(server.producers_of("u"), IsEmpty());
  EXPECT_EQ(server.http_client().get("/lookup?topic=made").status(), 200);
  EXPECT_EQ(server.metric("nsqlookupd_restored_producers"), 3);
}

// The new program stores the changes that the old one had not.
TEST(stored_state, has_what_came_just_before_a_hand_over) {
  stored_server server{{"-store-interval=1h"}};
  auto const producer = server.producer("10.0.0.1", {"t c"});
  hand_over(server);
  ASSERT_EQ(server.stop(), 0);
  server.start();
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
  EXPECT_THAT(server.listed("/channels?topic=t", "channels"), ElementsAre("c"));
}

TEST(stored_state, forgets_those_who_leave_after_a_hand_over) {
  stored_server server;
  auto const stays = server.producer("10.0.0.1", {"t"});
  {
    auto const leaves = server.producer("10.0.0.2", {"t"});
    server.settle();
    hand_over(server);
  }
  EXPECT_TRUE(eventually([&] { return server.producers_of("t") == strings{"10.0.0.1"}; }));
  server.settle();
  server.restart();
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
}

// Else both would write the file.
TEST(stored_state, is_one_server_s_alone_after_hand_overs) {
  stored_server server;
  auto const producer = server.producer("10.0.0.1", {"t"});
  for (int round = 0; round < 2; ++round) {
    hand_over(server);
    auto const second = run_server(
        {"-tcp-address=127.0.0.1:0", "-http-address=127.0.0.1:0", "-data-path=" + server.path()});
    EXPECT_EQ(second.status, 1);
    EXPECT_THAT(second.error, HasSubstr("cannot use -data-path=" + server.path() +
                                        " - another nsqlookupd uses it"));
  }
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
}

TEST(stored_state, is_not_in_use_when_the_server_has_ended) {
  stored_server server;
  auto const producer = server.producer("10.0.0.1", {"t"});
  hand_over(server);
  hand_over(server);
  ASSERT_EQ(server.stop(), 0);
  server.start();
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
}

TEST(stored_state, that_is_not_taken_over_yet_waits_on) {
  stored_server server;
  auto const before = server.producer("10.0.0.1", {"t c", "u"});
  auto const other = server.producer("10.0.0.2", {"t"});
  server.settle();
  server.restart();
  auto const events = server.changes_by("restart");
  hand_over(server);
  EXPECT_EQ(server.metric("nsqlookupd_restored_producers"), 2);
  EXPECT_EQ(server.changes_by("restart"), events);
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1", "10.0.0.2"));
  auto const after = server.producer("10.0.0.1", {"t c"});
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1", "10.0.0.2"));
  EXPECT_THAT(server.producers_of("t", "remote_address"), testing::Contains(after.name()));
  EXPECT_THAT(server.producers_of("u", "remote_address"), ElementsAre(after.name()));
  EXPECT_EQ(server.metric("nsqlookupd_restored_producers"), 1);
}

TEST(stored_state, that_nobody_takes_over_ends_with_the_grace) {
  stored_server server;
  auto const before = server.producer("10.0.0.1", {"t"});
  server.settle();
  server.restart({"-restore-grace=3s"});
  hand_over(server);
  EXPECT_TRUE(eventually([&] { return server.producers_of("t").empty(); }));
  EXPECT_THAT(server.changes_by("not back after restart"),
              testing::UnorderedElementsAre("producer_expired /", "unregistered t/"));
}

}  // namespace
}  // namespace nsqlookupd::e2e
