// SPDX-License-Identifier: MIT
//
// SIGUSR2: another program takes over a member.
#include "cluster_of_members.hpp"
#include "eventually.hpp"
#include "lookup_poll.hpp"
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;

// The lives under which a member has producers in etcd.
std::set<std::string> lives_of(cluster_of_members const& cluster, std::string const& node_id) {
  std::set<std::string> lives;
  auto const prefix = "producers/" + node_id + '/';
  for (auto const& key : cluster.keys(prefix)) {
    auto const rest = key.substr(key.find(prefix) + prefix.size());
    lives.insert(rest.substr(0, rest.find('/')));
  }
  return lives;
}

TEST(handover_of_a_member, is_noticed_by_no_lookup_anywhere) {
  cluster_of_members cluster{{.members = 3}};
  auto first = cluster[0].producer("10.0.0.1", {"t c", "e#ephemeral"});
  auto const second = cluster[1].producer("10.0.0.2", {"t d"});
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / c d"), "10.0.0.1 10.0.0.2 / c d");
  lookup_poll poll{cluster.running(), "t", {"10.0.0.1", "10.0.0.2"}};
  lookup_poll ephemeral{cluster.running(), "e%23ephemeral", {"10.0.0.1"}};
  for (int round = 0; round < 5; ++round) {
    auto const before = lives_of(cluster, "a");
    ASSERT_EQ(before.size(), 1U);
    cluster[0].server().hand_over();
    EXPECT_TRUE(eventually([&] {
      auto const now = lives_of(cluster, "a");
      return now.size() == 1 && now != before;
    }));
    EXPECT_TRUE(eventually([&] { return cluster[0].ask().is_synced(); }));
    auto const topic = "r" + std::to_string(round);
    EXPECT_EQ(first.command("REGISTER " + topic), "OK");
    EXPECT_EQ(cluster.lookup_everywhere(topic, "10.0.0.1 / "), "10.0.0.1 / ");
  }
  poll.end();
  ephemeral.end();
  EXPECT_TRUE(cluster.become_equal());
}

TEST(handover_of_a_member, keeps_what_etcd_was_not_told_yet) {
  cluster_of_members cluster{{.members = 2, .has_proxies = true}};
  auto first = cluster[0].producer("10.0.0.1", {"t c"});
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / c"), "10.0.0.1 / c");
  lookup_poll poll{cluster.running(), "t", {"10.0.0.1"}};
  cluster[0].proxy().refuse();
  EXPECT_TRUE(eventually([&] { return !cluster[0].ask().is_synced(); }));
  auto const second = cluster[0].producer("10.0.0.2", {"t c"});
  EXPECT_EQ(first.command("REGISTER u"), "OK");
  EXPECT_EQ(cluster[0].post("/topic/create?topic=made"), 200);
  cluster[0].server().hand_over();
  cluster[0].proxy().restore();
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / c"), "10.0.0.1 10.0.0.2 / c");
  EXPECT_EQ(cluster.lookup_everywhere("u", "10.0.0.1 / "), "10.0.0.1 / ");
  EXPECT_EQ(cluster.lookup_everywhere("made", " / "), " / ");
  poll.end();
  EXPECT_TRUE(cluster.become_equal());
  EXPECT_TRUE(eventually([&] { return lives_of(cluster, "a").size() == 1; }));
}

TEST(handover_of_a_member, shows_what_others_have_from_the_first_moment) {
  cluster_of_members cluster{{.members = 2, .has_proxies = true}};
  auto const there = cluster[1].producer("10.0.0.2", {"t c"});
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.2 / c"), "10.0.0.2 / c");
  cluster[0].proxy().swallow();
  cluster[0].server().hand_over();
  EXPECT_EQ(cluster[0].ask().lookup("t"), "10.0.0.2 / c");
  cluster[0].proxy().restore();
  EXPECT_TRUE(cluster.come_into_sync());
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.2 / c"), "10.0.0.2 / c");
}

}  // namespace
}  // namespace nsqlookupd::e2e
