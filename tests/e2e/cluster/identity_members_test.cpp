// SPDX-License-Identifier: MIT
//
// One nsqd that is connected to several members, or comes to another.
#include "cluster_of_members.hpp"
#include "lookup_poll.hpp"
#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace nsqlookupd::e2e {
namespace {

TEST(identity, lists_an_nsqd_of_two_members_once) {
  cluster_of_members cluster{{.members = 3}};
  auto const here = cluster[0].producer("10.0.0.1", {"t c", "u"});
  auto const there = cluster[1].producer("10.0.0.1", {"t d"});
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / c d"), "10.0.0.1 / c d");
  // The third one puts both together; the others go by their own connection.
  EXPECT_EQ(cluster[2].ask().nodes(), "10.0.0.1(t u)");
  EXPECT_TRUE(cluster.everywhere([](auto& member) { return member.members() == "a:1 b:1 c:0"; }));
}

TEST(identity, lists_two_connections_to_one_member_twice) {
  cluster_of_members cluster{{.members = 2}};
  auto const first = cluster[0].producer("10.0.0.1", {"t"});
  auto second = std::optional{cluster[0].producer("10.0.0.1", {"t"})};
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.1 / "), "10.0.0.1 10.0.0.1 / ");
  second.reset();
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / "), "10.0.0.1 / ");
}

// Returns when all know of everything that has happened at the member.
void wait_for(cluster_of_members& cluster, cluster_member const& member) {
  static int count = 0;
  auto const topic = "known" + std::to_string(++count);
  EXPECT_EQ(member.post("/topic/create?topic=" + topic), 200);
  EXPECT_EQ(cluster.lookup_everywhere(topic, " / "), " / ");
}

TEST(identity, never_misses_an_nsqd_of_which_one_of_two_connections_ends) {
  cluster_of_members cluster{{.members = 3}};
  auto here = std::optional{cluster[0].producer("10.0.0.1", {"t c"})};
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / c"), "10.0.0.1 / c");
  lookup_poll poll{cluster.running(), "t", {"10.0.0.1"}};
  for (std::size_t round = 1; round <= 20; ++round) {
    auto there = std::optional{cluster[round % 3].producer("10.0.0.1", {"t c"})};
    wait_for(cluster, cluster[round % 3]);
    std::swap(here, there);
    there.reset();
    wait_for(cluster, cluster[(round - 1) % 3]);
    poll.wait_for_another();
  }
  poll.end();
  EXPECT_TRUE(cluster.become_equal());
}

TEST(identity, ends_a_tombstone_by_a_connection_to_another_member) {
  cluster_of_members cluster{{.members = 3, .flags = {"-tombstone-lifetime=1h"}}};
  auto old = std::optional{cluster[0].producer("10.0.0.1", {"t"})};
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / "), "10.0.0.1 / ");
  EXPECT_EQ(cluster[2].post("/topic/tombstone?topic=t&node=10.0.0.1:4151"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("t", " / "), " / ");
  // After that, the producer's own member has told of it.
  EXPECT_EQ(old->command("REGISTER u"), "OK");
  EXPECT_EQ(cluster.lookup_everywhere("u", "10.0.0.1 / "), "10.0.0.1 / ");
  auto fresh = cluster[1].producer("10.0.0.1", {"u"});
  fresh.command("UNREGISTER t");
  EXPECT_EQ(fresh.command("REGISTER t"), "OK");
  old.reset();
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / "), "10.0.0.1 / ");
}

}  // namespace
}  // namespace nsqlookupd::e2e
