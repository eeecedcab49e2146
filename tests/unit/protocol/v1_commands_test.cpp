// SPDX-License-Identifier: MIT
//
// The commands of an ordinary session: effects and replies.
#include "registry_listings.hpp"
#include "v1_client.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::protocol {
namespace {

using namespace test_support;

registry::time_point at(int nanoseconds) {
  return registry::time_point{std::chrono::nanoseconds{nanoseconds}};
}

class v1_commands : public testing::Test {
 protected:
  registry::registration_db db;
  v1_client client{db};

  void SetUp() override {
    client.now = at(1);
    ASSERT_EQ(client.send(identify()), replies{std::string{our_identity}});
  }

  void expect_ok(std::string_view line) {
    EXPECT_EQ(client.send(std::string{line} + '\n'), replies{"OK"}) << line;
  }
};

TEST_F(v1_commands, ping_is_answered_to_whoever_asks) {
  v1_client stranger{db, {}, "10.0.0.2:1"};
  for (std::string const line :
       {"PING\n", "PING\r\n", "  PING \t\n", "PING and more\n", "PING  \n", "\u3000PING\u00a0\n"}) {
    EXPECT_EQ(stranger.send(line), replies{"OK"}) << line;
    EXPECT_EQ(client.send(line), replies{"OK"}) << line;
  }
  EXPECT_FALSE(stranger.identified());
  EXPECT_EQ(list_clients(db), lines{"10.0.0.1:5000/h1@1"});
}

TEST_F(v1_commands, ping_refreshes_every_registration) {
  expect_ok("REGISTER t c");
  client.now = at(7);
  expect_ok("PING");
  EXPECT_EQ(list_registrations(db), (lines{"t: 10.0.0.1:5000/h1@7", "t/c: 10.0.0.1:5000/h1@7"}));
}

TEST_F(v1_commands, nothing_but_ping_refreshes) {
  client.now = at(7);
  client.send("REGISTER t c\nREGISTER t c\nUNREGISTER t c\nUNREGISTER u\nFOO\n");
  client.send("ANNOUNCE t c 4150\n" + frame("host") + identify());
  EXPECT_EQ(list_clients(db), lines{"10.0.0.1:5000/h1@1"});
}

TEST_F(v1_commands, register_of_a_channel_registers_its_topic_too) {
  expect_ok("REGISTER t c");
  EXPECT_EQ(list_registrations(db), (lines{"t: 10.0.0.1:5000/h1@1", "t/c: 10.0.0.1:5000/h1@1"}));
}

TEST_F(v1_commands, register_of_a_topic_registers_that) {
  expect_ok("REGISTER t");
  EXPECT_EQ(list_registrations(db), lines{"t: 10.0.0.1:5000/h1@1"});
}

TEST_F(v1_commands, register_again_is_ok_and_changes_nothing) {
  for (int time = 0; time < 3; ++time) {
    expect_ok("REGISTER t c");
    expect_ok("REGISTER t");
  }
  EXPECT_EQ(list_registrations(db), (lines{"t: 10.0.0.1:5000/h1@1", "t/c: 10.0.0.1:5000/h1@1"}));
}

TEST_F(v1_commands, register_takes_two_parameters_and_ignores_the_rest) {
  expect_ok("REGISTER t1  c");
  expect_ok("REGISTER t2 c d e");
  expect_ok(" REGISTER t3 \r");
  expect_ok("REGISTER t4 .");
  EXPECT_EQ(list_topics(db), (lines{"t1", "t2", "t3", "t4"}));
  EXPECT_EQ(list_all_channels(db), (lines{"c", "."}));
}

TEST_F(v1_commands, names_may_be_64_bytes_long) {
  std::string const longest(64, 'n');
  auto const ephemeral = std::string(54, 'n') + "#ephemeral";
  expect_ok("REGISTER " + longest + ' ' + ephemeral);
  expect_ok("REGISTER " + ephemeral + ' ' + longest);
  expect_ok("REGISTER a.b-C_9 .");
  EXPECT_EQ(list_topics(db).size(), 3U);
}

TEST_F(v1_commands, unregister_of_a_channel_leaves_the_topic) {
  expect_ok("REGISTER t c");
  expect_ok("UNREGISTER t c");
  EXPECT_EQ(list_registrations(db), lines{"t: 10.0.0.1:5000/h1@1"});
  EXPECT_EQ(list_channels(db, "t"), lines{"c"});
}

TEST_F(v1_commands, unregister_of_a_topic_takes_its_channels_along) {
  client.send("REGISTER t c1\nREGISTER t c2\nREGISTER u c1\n");
  expect_ok("UNREGISTER t  c1");
  EXPECT_EQ(list_registrations(db), (lines{"u: 10.0.0.1:5000/h1@1", "u/c1: 10.0.0.1:5000/h1@1"}));
  EXPECT_EQ(list_topics(db), (lines{"t", "u"}));
  EXPECT_EQ(list_channels(db, "t"), (lines{"c1", "c2"}));
}

TEST_F(v1_commands, unregister_of_what_is_unknown_is_ok) {
  expect_ok("UNREGISTER t");
  expect_ok("UNREGISTER t c");
  expect_ok("REGISTER t");
  expect_ok("UNREGISTER t c");
  EXPECT_EQ(list_registrations(db), lines{"t: 10.0.0.1:5000/h1@1"});
  EXPECT_EQ(list_all_channels(db), lines{});
}

TEST_F(v1_commands, unregister_takes_away_no_other_producer) {
  v1_client other{db, {}, "10.0.0.2:1"};
  for (auto* const each : {&client, &other}) {
    each->now = at(1);
    each->send(identify());
    each->send("REGISTER t c\n");
  }
  expect_ok("UNREGISTER t");
  EXPECT_EQ(list_registrations(db), (lines{"t: 10.0.0.2:1/h1@1", "t/c: 10.0.0.2:1/h1@1"}));
}

TEST_F(v1_commands, unregister_of_the_last_ends_what_is_ephemeral) {
  client.send("REGISTER t#ephemeral c\nREGISTER t c#ephemeral\n");
  expect_ok("UNREGISTER t c#ephemeral");
  expect_ok("UNREGISTER t#ephemeral");
  EXPECT_EQ(list_topics(db), lines{"t"});
  EXPECT_EQ(list_all_channels(db), lines{});
}

TEST_F(v1_commands, two_connections_are_two_producers) {
  v1_client twin{db, {}, "10.0.0.1:5001"};
  twin.now = at(2);
  twin.send(identify());
  twin.send("REGISTER t\n");
  expect_ok("REGISTER t");
  EXPECT_EQ(list_registrations(db), lines{"t: 10.0.0.1:5000/h1@1 10.0.0.1:5001/h1@2"});
}

TEST_F(v1_commands, a_client_that_leaves_is_in_no_answer_any_more) {
  v1_client twin{db, {}, "10.0.0.1:5001"};
  twin.send(identify());
  twin.send("REGISTER t\n");
  expect_ok("REGISTER t c");
  EXPECT_TRUE(client.identified());
  client.leave();
  EXPECT_FALSE(client.identified());
  EXPECT_EQ(list_clients(db), lines{"10.0.0.1:5001/h1@1"});
  EXPECT_EQ(list_lookup(db, "t", at(1)), lines{"10.0.0.1:5001/h1"});
  EXPECT_EQ(list_nodes(db, at(1)), lines{"10.0.0.1:5001/h1: t"});
}

TEST_F(v1_commands, a_client_that_never_identified_may_leave) {
  v1_client stranger{db, {}, "10.0.0.2:1"};
  stranger.send("PING\n");
  stranger.leave();
  EXPECT_EQ(list_clients(db), lines{"10.0.0.1:5000/h1@1"});
}

TEST_F(v1_commands, pipelined_are_answered_in_order) {
  EXPECT_EQ(client.send("PING\nREGISTER t c\nFOO\n\nUNREGISTER t c\nREGISTER\nPING\nPI"),
            (replies{"OK", "OK", "E_INVALID invalid command FOO", "E_INVALID invalid command ",
                     "OK", "E_INVALID REGISTER insufficient number of params", "OK"}));
  EXPECT_EQ(client.send("NG\n"), replies{"OK"});
}

}  // namespace
}  // namespace nsqlookupd::protocol
