// SPDX-License-Identifier: MIT
//
// One producer that registers more names than it may.
#include "besieged_server.hpp"
#include "sanitized.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <thread>

namespace nsqlookupd::e2e {
namespace {

using test_support::frame;

constexpr int most_topics = 100'000;
constexpr int attempted = test_support::amount(300'000, 120'000);

std::string register_many(std::string_view name) {
  std::string commands;
  for (int number = 0; number < attempted; ++number) {
    commands.append("REGISTER ").append(name) += std::to_string(number) + "#ephemeral\n";
  }
  return commands;
}

// How many OKs came first, when refusals are all that follows.
int count_accepted(test_support::lookup_client& client, std::string_view refusal) {
  int accepted = 0;
  bool refused = false;
  for (int number = 0; number < attempted; ++number) {
    auto const reply = client.receive_frame();
    accepted += static_cast<int>(reply == "OK");
    refused = refused || reply != "OK";
    EXPECT_EQ(reply, refused ? refusal : "OK");
  }
  return accepted;
}

TEST(fault, names_of_one_producer_are_limited_and_given_back) {
  besieged_server besieged{{.flags = {"-log-level=error"}, .says_where = false}};
  auto client = besieged.client();
  client.identify();
  {
    std::jthread const sender{[&] { client.send(register_many("greedy")); }};
    besieged.expect_service();
    EXPECT_EQ(count_accepted(client,
                             "E_INVALID REGISTER too many registrations by this producer "
                             "(limit 100000)"),
              most_topics);
  }
  besieged.expect_service();
  EXPECT_EQ(client.command("PING"), "OK");
  EXPECT_TRUE(besieged.log().wait_for("too many registrations by this producer"));
  client.reset();
  besieged.expect_recovery({.most_mib = 64, .left_mib = 48, .log_lines = 1'000});
  besieged.expect_good_end();
}

TEST(fault, topics_and_channels_are_limited_where_that_is_asked_for) {
  besieged_server besieged{
      {.flags = {"-log-level=error", "-max-topics=1000", "-max-channels-per-topic=1000"},
       .says_where = false}};
  auto client = besieged.client();
  client.identify();
  {
    std::jthread const sender{[&] { client.send(register_many("greedy")); }};
    // One topic is the other producer's.
    EXPECT_EQ(count_accepted(client, "E_INVALID REGISTER too many topics (limit 1000)"), 999);
  }
  {
    std::jthread const sender{[&] { client.send(register_many("bystander ")); }};
    EXPECT_EQ(count_accepted(client,
                             "E_INVALID REGISTER too many channels in this topic "
                             "(limit 1000)"),
              999);
  }
  EXPECT_EQ(client.command("PING"), "OK");
  client.reset();
  besieged.expect_recovery({.most_mib = 16, .left_mib = 8, .log_lines = 2'000});
  besieged.expect_good_end();
}

}  // namespace
}  // namespace nsqlookupd::e2e
