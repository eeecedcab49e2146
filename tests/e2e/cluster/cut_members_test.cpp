// SPDX-License-Identifier: MIT
//
// A member that stands still, or does not reach etcd while others do.
#include "cluster_of_members.hpp"
#include "eventually.hpp"
#include "lookup_poll.hpp"
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;
using test_support::lookup_client;

TEST(paused, beyond_its_lease_a_member_is_forgotten_and_writes_all_again) {
  cluster_of_members cluster{{.members = 2}};
  auto const first = cluster[0].producer("10.0.0.1", {"t c", "e#ephemeral"});
  auto const second = cluster[1].producer("10.0.0.2", {"t d"});
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / c d"), "10.0.0.1 10.0.0.2 / c d");
  cluster[0].server().running().process().pause();
  EXPECT_TRUE(eventually([&] { return cluster[1].ask().lookup("t") == "10.0.0.2 / c d"; }));
  EXPECT_EQ(cluster[1].post("/topic/create?topic=made"), 200);
  cluster[0].server().running().process().resume();
  stopwatch const watch;
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / c d"), "10.0.0.1 10.0.0.2 / c d");
  EXPECT_EQ(cluster.lookup_everywhere("e%23ephemeral", "10.0.0.1 / "), "10.0.0.1 / ");
  EXPECT_EQ(cluster.lookup_everywhere("made", " / "), " / ");
  watch.tell("members equal after a pause of one");
  EXPECT_TRUE(cluster[0].server().log().wait_for("CLUSTER: in sync as a, 2 members"));
  EXPECT_TRUE(cluster.become_equal());
}

TEST(paused, beyond_its_lease_a_member_shows_no_nsqd_twice_that_has_come_to_another) {
  cluster_of_members cluster{{.members = 2}};
  auto first = std::optional{cluster[0].producer("10.0.0.1", {"t c"})};
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / c"), "10.0.0.1 / c");
  cluster[0].server().running().process().pause();
  first.reset();
  auto const fresh = cluster[1].producer("10.0.0.1", {"t c"});
  EXPECT_TRUE(eventually([&] { return cluster[1].ask().members() == "b:1"; }));
  lookup_poll poll{{&cluster[1]}, "t", {"10.0.0.1"}};
  cluster[0].server().running().process().resume();
  EXPECT_TRUE(cluster.everywhere([](auto& member) { return member.members() == "a:0 b:1"; }));
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / c"), "10.0.0.1 / c");
  poll.end();
  EXPECT_TRUE(cluster.become_equal());
}

class cut : public testing::Test {
 protected:
  void expect_both() {
    EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / c"), "10.0.0.1 10.0.0.2 / c");
  }

  void cut_second() {
    cluster[1].proxy().refuse();
    EXPECT_TRUE(eventually([&] { return !cluster[1].ask().is_synced(); }));
  }

  void restore_second() {
    cluster[1].proxy().restore();
    EXPECT_TRUE(eventually([&] { return cluster[1].ask().is_synced(); }));
  }

  cluster_of_members cluster{
      {.members = 3, .has_proxies = true, .flags = {"-tombstone-lifetime=1h"}}};
  lookup_client first = cluster[0].producer("10.0.0.1", {"t c"});
  lookup_client second = cluster[1].producer("10.0.0.2", {"t c"});
};

TEST_F(cut, connections_that_are_reset_are_made_again) {
  expect_both();
  lookup_poll poll{cluster.running(), "t", {"10.0.0.1", "10.0.0.2"}};
  for (int round = 0; round < 20; ++round) {
    cluster[1].proxy().reset_connections();
    auto const here = cluster[1].producer("10.0.0.3", {"t c"});
    auto const there = cluster[0].producer("10.0.0.4", {"t c"});
    std::string const all = "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 / c";
    ASSERT_EQ(cluster.lookup_everywhere("t", all), all) << round;
  }
  poll.end();
  expect_both();
}

TEST_F(cut, a_member_answers_with_what_it_knew_until_it_is_back) {
  expect_both();
  lookup_poll poll{{&cluster[1]}, "t", {"10.0.0.1", "10.0.0.2"}};
  cut_second();
  auto const third = cluster[0].producer("10.0.0.3", {"t c"});
  auto const fourth = cluster[1].producer("10.0.0.4", {"t c"});
  // The others forget it with its lease.
  EXPECT_TRUE(eventually([&] { return cluster[2].ask().lookup("t") == "10.0.0.1 10.0.0.3 / c"; }));
  EXPECT_EQ(cluster[1].ask().lookup("t"), "10.0.0.1 10.0.0.2 10.0.0.4 / c");
  cluster[1].proxy().restore();
  stopwatch const watch;
  std::string const all = "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 / c";
  EXPECT_EQ(cluster.lookup_everywhere("t", all), all);
  watch.tell("members equal after a cut");
  EXPECT_TRUE(cluster.become_equal());
  poll.end();
}

TEST_F(cut, bytes_that_go_nowhere_are_noticed) {
  expect_both();
  lookup_poll poll{{&cluster[1]}, "t", {"10.0.0.1", "10.0.0.2"}};
  cluster[1].proxy().swallow();
  auto const third = cluster[1].producer("10.0.0.3", {"t c"});
  EXPECT_TRUE(eventually([&] { return !cluster[1].ask().is_synced(); }));
  cluster[1].proxy().restore();
  stopwatch const watch;
  std::string const all = "10.0.0.1 10.0.0.2 10.0.0.3 / c";
  EXPECT_EQ(cluster.lookup_everywhere("t", all), all);
  watch.tell("members equal after bytes went nowhere");
  EXPECT_TRUE(cluster.become_equal());
  poll.end();
}

TEST_F(cut, a_deletion_whose_bytes_go_nowhere_is_told_later) {
  expect_both();
  EXPECT_EQ(cluster[0].post("/topic/create?topic=old"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("old", " / "), " / ");
  cluster[1].proxy().swallow();
  EXPECT_EQ(cluster[1].post("/topic/delete?topic=old"), 200);
  EXPECT_TRUE(eventually([&] { return !cluster[1].ask().is_synced(); }));
  cluster[1].proxy().restore();
  EXPECT_EQ(cluster.lookup_everywhere("old", "404"), "404");
}

TEST_F(cut, a_tombstone_whose_bytes_go_nowhere_is_told_later) {
  expect_both();
  cluster[1].proxy().swallow();
  EXPECT_EQ(cluster[1].post("/topic/tombstone?topic=t&node=10.0.0.1:4151"), 200);
  EXPECT_EQ(cluster[1].ask().lookup("t"), "10.0.0.2 / c");
  EXPECT_TRUE(eventually([&] { return !cluster[1].ask().is_synced(); }));
  cluster[1].proxy().restore();
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.2 / c"), "10.0.0.2 / c");
}

TEST_F(cut, a_deletion_and_a_tombstone_of_a_member_that_is_away_are_told_later) {
  expect_both();
  EXPECT_EQ(cluster[0].post("/topic/create?topic=old"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("old", " / "), " / ");
  cut_second();
  EXPECT_EQ(cluster[1].post("/topic/delete?topic=old"), 200);
  EXPECT_EQ(cluster[1].post("/topic/tombstone?topic=t&node=10.0.0.1:4151"), 200);
  restore_second();
  EXPECT_EQ(cluster.lookup_everywhere("old", "404"), "404");
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.2 / c"), "10.0.0.2 / c");
}

TEST_F(cut, a_deletion_in_the_moment_of_the_cut_is_told_after_the_lease) {
  expect_both();
  for (auto const* const topic : {"old", "next"}) {
    EXPECT_EQ(cluster[0].post(std::string{"/channel/create?channel=c&topic="} + topic), 200);
    EXPECT_EQ(cluster.lookup_everywhere(topic, " / c"), " / c");
  }
  // So that it has a lease for deletions.
  EXPECT_EQ(cluster[1].post("/topic/delete?topic=old"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("old", "404"), "404");
  cluster[1].proxy().refuse();
  EXPECT_EQ(cluster[1].post("/topic/delete?topic=next"), 200);
  EXPECT_TRUE(eventually([&] { return cluster[2].ask().members() == "a:1 c:0"; }));
  restore_second();
  EXPECT_EQ(cluster.lookup_everywhere("next", "404"), "404");
}

TEST_F(cut, a_deletion_of_a_member_that_has_to_read_all_anew_is_told) {
  expect_both();
  EXPECT_EQ(cluster[0].post("/channel/create?topic=old&channel=c"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("old", " / c"), " / c");
  cut_second();
  EXPECT_EQ(cluster[1].post("/topic/delete?topic=old"), 200);
  EXPECT_EQ(cluster[1].post("/topic/delete?topic=t"), 200);
  EXPECT_TRUE(eventually([&] { return cluster[2].ask().members() == "a:1 c:0"; }));
  cluster.compact();
  restore_second();
  EXPECT_EQ(cluster.lookup_everywhere("old", "404"), "404");
  EXPECT_EQ(cluster.lookup_everywhere("t", "404"), "404");
}

TEST_F(cut, a_topic_that_was_deleted_meanwhile_is_gone_when_the_member_is_back) {
  expect_both();
  EXPECT_EQ(cluster[1].post("/channel/create?topic=old&channel=c"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("old", " / c"), " / c");
  cut_second();
  EXPECT_EQ(cluster[0].post("/topic/delete?topic=old"), 200);
  // Also under a producer that had registered it before.
  EXPECT_EQ(cluster[2].post("/topic/delete?topic=t"), 200);
  EXPECT_TRUE(eventually([&] { return cluster[2].ask().lookup("old") == "404"; }));
  EXPECT_TRUE(eventually([&] { return cluster[0].ask().lookup("t") == "404"; }));
  EXPECT_EQ(cluster[1].ask().lookup("old"), " / c");
  EXPECT_EQ(cluster[1].ask().lookup("t"), "10.0.0.1 10.0.0.2 / c");
  restore_second();
  EXPECT_EQ(cluster.lookup_everywhere("old", "404"), "404");
  EXPECT_EQ(cluster.lookup_everywhere("t", "404"), "404");
  EXPECT_TRUE(cluster.become_equal());
}

TEST_F(cut, a_topic_that_was_deleted_meanwhile_is_gone_also_after_the_lease) {
  expect_both();
  EXPECT_EQ(cluster[1].post("/channel/create?topic=old&channel=c"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("old", " / c"), " / c");
  cut_second();
  EXPECT_EQ(cluster[0].post("/topic/delete?topic=old"), 200);
  EXPECT_EQ(cluster[2].post("/topic/delete?topic=t"), 200);
  EXPECT_TRUE(eventually([&] { return cluster[2].ask().members() == "a:1 c:0"; }));
  restore_second();
  EXPECT_EQ(cluster.lookup_everywhere("old", "404"), "404");
  EXPECT_EQ(cluster.lookup_everywhere("t", "404"), "404");
}

TEST_F(cut, a_topic_that_was_deleted_meanwhile_is_gone_also_if_its_producer_has_come_there) {
  expect_both();
  auto moving = std::optional{cluster[0].producer("10.0.0.3", {"old c", "u"})};
  EXPECT_EQ(cluster.lookup_everywhere("old", "10.0.0.3 / c"), "10.0.0.3 / c");
  cut_second();
  EXPECT_EQ(cluster[2].post("/topic/delete?topic=old"), 200);
  EXPECT_TRUE(eventually([&] { return cluster[0].ask().lookup("old") == "404"; }));
  // Which does not register it again.
  auto const fresh = cluster[1].producer("10.0.0.3", {"u"});
  moving.reset();
  restore_second();
  EXPECT_EQ(cluster.lookup_everywhere("old", "404"), "404");
  EXPECT_EQ(cluster.lookup_everywhere("u", "10.0.0.3 / "), "10.0.0.3 / ");
}

TEST_F(cut, a_topic_that_was_registered_there_meanwhile_stays) {
  expect_both();
  EXPECT_EQ(cluster[0].post("/topic/create?topic=old"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("old", " / "), " / ");
  cut_second();
  EXPECT_EQ(cluster[0].post("/topic/delete?topic=old"), 200);
  EXPECT_TRUE(eventually([&] { return cluster[2].ask().lookup("old") == "404"; }));
  EXPECT_EQ(second.command("REGISTER old c"), "OK");
  restore_second();
  EXPECT_EQ(cluster.lookup_everywhere("old", "10.0.0.2 / c"), "10.0.0.2 / c");
  EXPECT_TRUE(cluster.become_equal());
}

TEST_F(cut, a_tombstone_that_was_set_meanwhile_is_there_when_the_member_is_back) {
  expect_both();
  cut_second();
  EXPECT_EQ(cluster[0].post("/topic/tombstone?topic=t&node=10.0.0.2:4151"), 200);
  EXPECT_TRUE(eventually([&] { return cluster[2].ask().lookup("t") == "10.0.0.1 / c"; }));
  restore_second();
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / c"), "10.0.0.1 / c");
  EXPECT_TRUE(cluster.become_equal());
}

}  // namespace
}  // namespace nsqlookupd::e2e
