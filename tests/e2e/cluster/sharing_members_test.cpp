// SPDX-License-Identifier: MIT
//
// Each member shows the same, wherever it happens.
#include "cluster_of_members.hpp"
#include "repeated_action.hpp"
#include "sanitized.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace nsqlookupd::e2e {
namespace {

using test_support::amount;
using test_support::http_client;
using testing::HasSubstr;

constexpr char const* hidden_address = "&node=10.0.0.1:4151";

TEST(sharing, lists_the_producers_of_a_member_at_all) {
  cluster_of_members cluster{{.members = 3}};
  auto const first = cluster[0].producer("10.0.0.1", {"t c", "u"});
  auto const second = cluster[1].producer("10.0.0.2", {"t d"});
  std::string const wanted = "10.0.0.1 10.0.0.2 / c d";
  EXPECT_EQ(cluster.lookup_everywhere("t", wanted), wanted);
  EXPECT_EQ(cluster.lookup_everywhere("u", "10.0.0.1 / "), "10.0.0.1 / ");
  EXPECT_TRUE(cluster.become_equal());
  for (auto* const each : cluster.running()) {
    EXPECT_EQ(each->ask().nodes(), "10.0.0.1(t u) 10.0.0.2(t)");
    EXPECT_EQ(each->ask().topics(), "t u");
    EXPECT_EQ(each->ask().channels("t"), "c d");
    // Each with the address from which it is connected to its member.
    EXPECT_THAT(each->ask().body("/lookup?topic=t"), HasSubstr(first.as_producer("10.0.0.1")));
    EXPECT_THAT(each->ask().body("/lookup?topic=t"), HasSubstr(second.as_producer("10.0.0.2")));
    auto const debug = each->ask().body("/debug");
    EXPECT_THAT(debug, HasSubstr("\"client::\""));
    EXPECT_THAT(debug, HasSubstr("\"channel:t:d\""));
  }
  EXPECT_TRUE(cluster.everywhere([](auto& member) { return member.members() == "a:1 b:1 c:0"; }));
}

TEST(sharing, follows_a_producer_that_unregisters_and_leaves) {
  cluster_of_members cluster{{.members = 3}};
  auto first = std::optional{cluster[0].producer("10.0.0.1", {"t c", "t d", "u"})};
  auto const second = cluster[1].producer("10.0.0.2", {"t c"});
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / c d"), "10.0.0.1 10.0.0.2 / c d");
  first->command("UNREGISTER t");
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.2 / c d"), "10.0.0.2 / c d");
  first->command("REGISTER t d");
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / c d"), "10.0.0.1 10.0.0.2 / c d");
  first.reset();
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.2 / c d"), "10.0.0.2 / c d");
  EXPECT_EQ(cluster.lookup_everywhere("u", " / "), " / ");
  EXPECT_TRUE(cluster.become_equal());
}

TEST(sharing, creates_and_deletes_topics_and_channels_everywhere) {
  cluster_of_members cluster{{.members = 3}};
  EXPECT_EQ(cluster[0].post("/topic/create?topic=t"), 200);
  EXPECT_EQ(cluster[0].post("/channel/create?topic=u&channel=c"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("t", " / "), " / ");
  EXPECT_EQ(cluster.lookup_everywhere("u", " / c"), " / c");
  EXPECT_EQ(cluster[1].post("/channel/create?topic=t&channel=d"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("t", " / d"), " / d");
  EXPECT_EQ(cluster[2].post("/channel/delete?topic=u&channel=c"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("u", " / "), " / ");
  EXPECT_EQ(cluster[1].post("/topic/delete?topic=t"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("t", "404"), "404");
  // And there they can be made again.
  EXPECT_EQ(cluster[2].post("/topic/create?topic=t"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("t", " / "), " / ");
  EXPECT_TRUE(cluster.become_equal());
}

TEST(sharing, deletes_a_topic_under_its_producers_which_may_register_it_again) {
  cluster_of_members cluster{{.members = 3}};
  auto first = cluster[0].producer("10.0.0.1", {"t c", "u"});
  auto const second = cluster[1].producer("10.0.0.2", {"t d"});
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / c d"), "10.0.0.1 10.0.0.2 / c d");
  EXPECT_EQ(cluster[2].post("/channel/delete?topic=t&channel=d"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / c"), "10.0.0.1 10.0.0.2 / c");
  EXPECT_EQ(cluster[2].post("/topic/delete?topic=t"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("t", "404"), "404");
  EXPECT_EQ(first.command("REGISTER t e"), "OK");
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / e"), "10.0.0.1 / e");
  EXPECT_TRUE(cluster.become_equal());
  EXPECT_EQ(cluster[2].ask().nodes(), "10.0.0.1(t u) 10.0.0.2()");
}

TEST(sharing, hides_a_producer_by_a_tombstone_of_any_member) {
  cluster_of_members cluster{{.members = 3, .flags = {"-tombstone-lifetime=1h"}}};
  auto first = cluster[0].producer("10.0.0.1", {"t", "u"});
  auto const second = cluster[1].producer("10.0.0.2", {"t"});
  for (auto const* const hides : {"t", "u"}) {
    SCOPED_TRACE(hides);
    EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / "), "10.0.0.1 10.0.0.2 / ");
    // Once at a member that has not the producer, and once at its own.
    auto& member = cluster[hides[0] == 't' ? 2 : 0];
    EXPECT_EQ(member.post(std::string{"/topic/tombstone?topic=t"} + hidden_address), 200);
    EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.2 / "), "10.0.0.2 / ");
    EXPECT_TRUE(
        cluster.everywhere([](auto& one) { return one.nodes() == "10.0.0.1(t! u) 10.0.0.2(t)"; }));
    EXPECT_EQ(cluster.lookup_everywhere("u", "10.0.0.1 / "), "10.0.0.1 / ");
    EXPECT_TRUE(cluster.everywhere([](auto& one) {
      return one.body("/debug").find(R"("tombstoned":true)") != std::string::npos;
    }));
    // That ends it.
    first.command("UNREGISTER t");
    first.command("REGISTER t");
  }
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / "), "10.0.0.1 10.0.0.2 / ");
  EXPECT_TRUE(cluster.become_equal());
}

TEST(sharing, ends_a_tombstone_everywhere_when_its_time_is_over) {
  auto const lifetime = std::to_string(amount(2, 20)) + 's';
  cluster_of_members cluster{{.members = 3, .flags = {"-tombstone-lifetime=" + lifetime}}};
  auto const first = cluster[0].producer("10.0.0.1", {"t"});
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / "), "10.0.0.1 / ");
  EXPECT_EQ(cluster[1].post(std::string{"/topic/tombstone?topic=t"} + hidden_address), 200);
  EXPECT_EQ(cluster.lookup_everywhere("t", " / "), " / ");
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / "), "10.0.0.1 / ");
}

TEST(sharing, shows_a_silent_producer_nowhere_until_it_is_heard_again) {
  cluster_of_members cluster{{.members = 3, .flags = {"-inactive-producer-timeout=500ms"}}};
  auto first = cluster[0].producer("10.0.0.1", {"t c"});
  EXPECT_EQ(cluster.lookup_everywhere("t", " / c"), " / c");
  EXPECT_TRUE(cluster.everywhere([](auto& member) { return member.nodes().empty(); }));
  repeated_action pings{[&] { first.command("PING"); }};
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / c"), "10.0.0.1 / c");
  EXPECT_TRUE(cluster.everywhere([](auto& member) { return member.nodes() == "10.0.0.1(t)"; }));
  pings.end();
  EXPECT_EQ(cluster.lookup_everywhere("t", " / c"), " / c");
}

TEST(sharing, lets_ephemeral_names_vanish_with_their_last_producer) {
  cluster_of_members cluster{{.members = 3}};
  auto first = std::optional{cluster[0].producer("10.0.0.1", {"e#ephemeral c", "t d#ephemeral"})};
  auto second = std::optional{cluster[1].producer("10.0.0.2", {"e#ephemeral c", "t d#ephemeral"})};
  std::string const both = "10.0.0.1 10.0.0.2 / c";
  EXPECT_EQ(cluster.lookup_everywhere("e%23ephemeral", both), both);
  first.reset();
  EXPECT_EQ(cluster.lookup_everywhere("e%23ephemeral", "10.0.0.2 / c"), "10.0.0.2 / c");
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.2 / d#ephemeral"), "10.0.0.2 / d#ephemeral");
  second.reset();
  EXPECT_EQ(cluster.lookup_everywhere("e%23ephemeral", "404"), "404");
  EXPECT_EQ(cluster.lookup_everywhere("t", " / "), " / ");
  EXPECT_TRUE(cluster.everywhere([](auto& member) { return member.topics() == "t"; }));
}

// The limit makes them differ.
TEST(sharing, ends_differences_of_names_when_the_lease_is_renewed) {
  cluster_of_members cluster{{.members = 1}};
  cluster.add({"-max-topics=1"}).start();
  ASSERT_TRUE(cluster.come_into_sync());
  EXPECT_EQ(cluster[0].post("/topic/create?topic=t"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("t", " / "), " / ");
  EXPECT_EQ(cluster[0].post("/channel/create?topic=u&channel=c"), 200);
  EXPECT_EQ(cluster[0].post("/channel/create?topic=t&channel=c"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("t", " / c"), " / c");
  EXPECT_EQ(cluster[1].ask().lookup("u"), "404");
  EXPECT_EQ(cluster[0].post("/topic/delete?topic=t"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("t", "404"), "404");
  EXPECT_EQ(cluster.lookup_everywhere("u", " / c"), " / c");
  EXPECT_TRUE(cluster.become_equal());
}

// As a member leaves it that writes all again while the last producer goes elsewhere.
TEST(sharing, ends_ephemeral_names_without_a_producer_when_the_lease_is_renewed) {
  cluster_of_members cluster{{.members = 2}};
  auto const producer = cluster[0].producer("10.0.0.1", {"e#ephemeral", "t c#ephemeral"});
  EXPECT_EQ(cluster[1].post("/channel/create?topic=made%23ephemeral&channel=c%23ephemeral"), 200);
  cluster.put_key("topics/late#ephemeral", "{}");
  cluster.put_key("channels/t/late#ephemeral", "{}");
  EXPECT_EQ(cluster.lookup_everywhere("late%23ephemeral", " / "), " / ");
  EXPECT_EQ(cluster.lookup_everywhere("late%23ephemeral", "404"), "404");
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / c#ephemeral"), "10.0.0.1 / c#ephemeral");
  EXPECT_EQ(cluster.lookup_everywhere("e%23ephemeral", "10.0.0.1 / "), "10.0.0.1 / ");
  EXPECT_EQ(cluster.lookup_everywhere("made%23ephemeral", " / c#ephemeral"), " / c#ephemeral");
}

// Both are told at once, and the member hears of its own deletion.
TEST(sharing, a_deletion_right_after_a_registration_holds) {
  cluster_of_members cluster{{.members = 2}};
  cluster.etcd().pause();
  auto const producer = cluster[1].producer("10.0.0.1", {"u", "t c"});
  EXPECT_EQ(cluster[1].post("/topic/delete?topic=t"), 200);
  cluster.etcd().resume();
  EXPECT_EQ(cluster.lookup_everywhere("u", "10.0.0.1 / "), "10.0.0.1 / ");
  EXPECT_EQ(cluster[1].post("/topic/create?topic=last"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("last", " / "), " / ");
  EXPECT_TRUE(cluster.everywhere([](auto& member) { return member.topics() == "last u"; }));
}

}  // namespace
}  // namespace nsqlookupd::e2e
