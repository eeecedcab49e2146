// SPDX-License-Identifier: MIT
//
// A member that is killed, and its nsqds, which come to another.
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

TEST(death, leaves_producers_listed_for_the_time_of_the_lease) {
  cluster_of_members cluster{{.members = 3}};
  auto const gone = cluster[0].producer("10.0.0.1", {"t c", "e#ephemeral"});
  auto const stays = cluster[1].producer("10.0.0.2", {"t"});
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / c"), "10.0.0.1 10.0.0.2 / c");
  stopwatch const watch;
  cluster[0].kill();
  EXPECT_EQ(cluster[1].ask().lookup("t"), "10.0.0.1 10.0.0.2 / c");
  EXPECT_EQ(cluster[2].ask().lookup("t"), "10.0.0.1 10.0.0.2 / c");
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.2 / c"), "10.0.0.2 / c");
  // Its lease was renewed at most a third of its five seconds before.
  EXPECT_GT(watch.tell("producers of a dead member are listed for"), 2'500);
  EXPECT_EQ(cluster.lookup_everywhere("e%23ephemeral", "404"), "404");
  EXPECT_TRUE(cluster.everywhere([](auto& member) { return member.members() == "b:1 c:0"; }));
}

TEST(death, never_misses_an_nsqd_that_comes_to_another_member) {
  cluster_of_members cluster{{.members = 3}};
  auto old = std::optional{cluster[0].producer("10.0.0.1", {"t c", "u"})};
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / c"), "10.0.0.1 / c");
  cluster[0].kill();
  lookup_poll poll{cluster.running(), "t", {"10.0.0.1"}};
  old.reset();
  auto const fresh = cluster[1].producer("10.0.0.1", {"t c", "u"});
  EXPECT_EQ(cluster[1].ask().nodes(), "10.0.0.1(t u)");
  // That is the end of the lease.
  EXPECT_TRUE(eventually([&] { return cluster[2].ask().members() == "b:1 c:0"; }));
  EXPECT_TRUE(eventually([&] { return cluster.keys("producers/a").empty(); }));
  poll.end();
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / c"), "10.0.0.1 / c");
  EXPECT_EQ(cluster.lookup_everywhere("u", "10.0.0.1 / "), "10.0.0.1 / ");
  EXPECT_TRUE(cluster.become_equal());
}

TEST(death, removes_what_an_nsqd_does_not_register_again_after_the_grace) {
  cluster_of_members cluster{{.members = 3, .flags = {"-restore-grace=3s"}}};
  auto old = std::optional{cluster[0].producer("10.0.0.1", {"t c", "u"})};
  EXPECT_EQ(cluster.lookup_everywhere("u", "10.0.0.1 / "), "10.0.0.1 / ");
  cluster[0].kill();
  old.reset();
  auto const fresh = cluster[1].producer("10.0.0.1", {"t c"});
  EXPECT_EQ(cluster[1].ask().nodes(), "10.0.0.1(t u)");
  lookup_poll poll{cluster.running(), "t", {"10.0.0.1"}};
  EXPECT_EQ(cluster.lookup_everywhere("u", " / "), " / ");
  poll.end();
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / c"), "10.0.0.1 / c");
  EXPECT_TRUE(cluster.become_equal());
}

TEST(death, of_all_members_but_one_leaves_what_that_one_has) {
  cluster_of_members cluster{{.members = 3}};
  auto const stays = cluster[2].producer("10.0.0.3", {"t c"});
  auto const first = cluster[0].producer("10.0.0.1", {"t"});
  auto const second = cluster[1].producer("10.0.0.2", {"t"});
  EXPECT_EQ(cluster[0].post("/topic/create?topic=made"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("made", " / "), " / ");
  std::string const all = "10.0.0.1 10.0.0.2 10.0.0.3 / c";
  EXPECT_EQ(cluster.lookup_everywhere("t", all), all);
  cluster[0].kill();
  cluster[1].kill();
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.3 / c"), "10.0.0.3 / c");
  EXPECT_EQ(cluster[2].ask().lookup("made"), " / ");
}

TEST(death, by_sigterm_leaves_producers_listed_as_well) {
  cluster_of_members cluster{{.members = 2}};
  auto old = std::optional{cluster[0].producer("10.0.0.1", {"t c"})};
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / c"), "10.0.0.1 / c");
  lookup_poll poll{{&cluster[1]}, "t", {"10.0.0.1"}};
  EXPECT_EQ(cluster[0].stop(), 0);
  old.reset();
  poll.wait_for_another();
  auto const fresh = cluster[1].producer("10.0.0.1", {"t c"});
  EXPECT_TRUE(eventually([&] { return cluster.keys("producers/a").empty(); }));
  poll.end();
  EXPECT_EQ(cluster[1].ask().lookup("t"), "10.0.0.1 / c");
}

}  // namespace
}  // namespace nsqlookupd::e2e
