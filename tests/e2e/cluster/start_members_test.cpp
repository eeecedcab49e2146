// SPDX-License-Identifier: MIT
//
// A member that starts, for the first time or again.
#include "cluster_of_members.hpp"
#include "eventually.hpp"
#include "lookup_poll.hpp"
#include "scratch_directory.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;
using test_support::lookup_client;
using test_support::scratch_directory;
using testing::HasSubstr;

TEST(start, is_over_when_the_member_has_read_everything) {
  // More than etcd is asked for at once.
  constexpr std::size_t many = 600;
  cluster_of_members cluster{{.members = 1, .has_proxies = true}};
  std::vector<lookup_client> producers;
  for (std::size_t number = 0; number < many; ++number) {
    producers.push_back(cluster[0].producer("host" + std::to_string(number), {"t c"}));
  }
  EXPECT_TRUE(eventually([&] { return cluster.keys("producers").size() == many; }));
  auto& late = cluster.add({"-cluster-sync-timeout=1h"});
  late.proxy().swallow();
  late.start();
  auto const verbose = late.ask().get("/readyz?verbose");
  EXPECT_EQ(verbose.status(), 503);
  EXPECT_THAT(verbose.body, HasSubstr("[-]cluster failed: nothing read from etcd yet"));
  EXPECT_EQ(late.ask().lookup("t"), "404");
  late.proxy().restore();
  EXPECT_TRUE(eventually([&] { return late.is_ready(); }));
  EXPECT_EQ(late.ask().lookup("t"), cluster[0].ask().lookup("t"));
  EXPECT_EQ(late.ask().nodes(), cluster[0].ask().nodes());
}

TEST(start, without_etcd_ends_with_a_warning_and_the_member_joins_later) {
  cluster_of_members cluster{{.members = 1, .has_proxies = true}};
  auto const first = cluster[0].producer("10.0.0.1", {"t"});
  auto& late = cluster.add({"-cluster-sync-timeout=1s"});
  late.proxy().refuse();
  late.start();
  auto& log = late.server().log();
  EXPECT_TRUE(
      log.wait_for("WARNING: CLUSTER: nothing read from etcd within "
                   "-cluster-sync-timeout=1s, serving alone until then"));
  EXPECT_TRUE(late.is_ready());
  EXPECT_FALSE(late.ask().is_synced());
  auto const second = late.producer("10.0.0.2", {"t c"});
  EXPECT_EQ(late.ask().lookup("t"), "10.0.0.2 / c");
  late.proxy().restore();
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / c"), "10.0.0.1 10.0.0.2 / c");
  EXPECT_TRUE(cluster.become_equal());
  EXPECT_EQ(log.count("WARNING: CLUSTER: nothing read"), 1U);
}

TEST(start, of_all_members_at_once_brings_them_together) {
  cluster_of_members cluster{{.members = 0}};
  std::vector<lookup_client> producers;
  for (int number = 0; number < 4; ++number) {
    auto& member = cluster.add();
    member.start();
    // Before it can be in sync.
    producers.push_back(member.producer("10.0.0." + std::to_string(number), {"t"}));
  }
  std::string const all = "10.0.0.0 10.0.0.1 10.0.0.2 10.0.0.3 / ";
  EXPECT_EQ(cluster.lookup_everywhere("t", all), all);
  EXPECT_TRUE(cluster.become_equal());
}

TEST(start, is_followed_by_changes_in_any_moment_which_are_told) {
  cluster_of_members cluster{{.members = 2}};
  for (int round = 0; round < 20; ++round) {
    cluster[1].restart();
    EXPECT_TRUE(eventually([&] { return cluster[1].ask().is_synced(); }));
    auto const topic = "t" + std::to_string(round);
    auto const fresh = cluster[1].producer("10.0.0.1", {topic + " c"});
    ASSERT_EQ(cluster.lookup_everywhere(topic, "10.0.0.1 / c"), "10.0.0.1 / c");
  }
}

class restarted : public testing::TestWithParam<bool> {
 protected:
  [[nodiscard]] std::vector<std::string> flags() const {
    std::vector<std::string> all{"-store-interval=20ms", "-restore-grace=3s"};
    if (GetParam()) {
      std::filesystem::create_directory(directory.path("data"));
      all.push_back("-data-path=" + directory.path("data"));
    }
    return all;
  }

  scratch_directory directory;
  cluster_of_members cluster{{.members = 1, .flags = {"-restore-grace=3s"}}};
  cluster_member& member = cluster.add(flags());
};
INSTANTIATE_TEST_SUITE_P(with, restarted, testing::Bool(), [](auto const& has_path) {
  return has_path.param ? "data_path" : "nothing_stored";
});

TEST_P(restarted, as_the_same_member_it_has_its_nsqds_again_and_others_never_miss_them) {
  member.start();
  auto first = std::optional{member.producer("10.0.0.1", {"t c", "e#ephemeral"})};
  EXPECT_EQ(member.post("/topic/create?topic=made"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("made", " / "), " / ");
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / c"), "10.0.0.1 / c");
  lookup_poll poll{{&cluster[0]}, "t", {"10.0.0.1"}};
  for (int round = 0; round < 3; ++round) {
    member.kill();
    first.reset();
    member.start();
    first.emplace(member.producer("10.0.0.1", {"t c", "e#ephemeral"}));
    EXPECT_TRUE(cluster.everywhere(
        [](auto& one) { return one.is_synced() && one.nodes() == "10.0.0.1(e#ephemeral t)"; }));
    EXPECT_EQ(cluster.lookup_everywhere("made", " / "), " / ");
    poll.wait_for_another();
  }
  // Nothing is left of its former lives.
  EXPECT_TRUE(eventually([&] { return cluster.keys("producers/b").size() == 1; }));
  poll.end();
  EXPECT_TRUE(cluster.become_equal());
  EXPECT_EQ(cluster[0].ask().nodes(), "10.0.0.1(e#ephemeral t)");
}

TEST_P(restarted, without_its_nsqds_it_forgets_them_in_the_end) {
  member.start();
  auto first = std::optional{member.producer("10.0.0.1", {"t c", "e#ephemeral"})};
  EXPECT_EQ(cluster.lookup_everywhere("e%23ephemeral", "10.0.0.1 / "), "10.0.0.1 / ");
  member.kill();
  first.reset();
  member.start();
  EXPECT_EQ(cluster.lookup_everywhere("t", " / c"), " / c");
  EXPECT_EQ(cluster.lookup_everywhere("e%23ephemeral", "404"), "404");
  EXPECT_TRUE(cluster.become_equal());
  EXPECT_EQ(cluster[0].ask().nodes(), "");
}

TEST_P(restarted, after_a_deletion_elsewhere_it_does_not_bring_the_topic_back) {
  member.start();
  EXPECT_EQ(member.post("/channel/create?topic=old&channel=c"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("old", " / c"), " / c");
  // So that it is stored.
  EXPECT_EQ(member.stop(), 0);
  EXPECT_EQ(cluster[0].post("/topic/delete?topic=old"), 200);
  EXPECT_EQ(cluster[0].ask().lookup("old"), "404");
  member.start();
  EXPECT_TRUE(cluster.come_into_sync());
  EXPECT_EQ(cluster.lookup_everywhere("old", "404"), "404");
  EXPECT_TRUE(cluster.become_equal());
  EXPECT_EQ(cluster[0].ask().lookup("old"), "404");
}

}  // namespace
}  // namespace nsqlookupd::e2e
