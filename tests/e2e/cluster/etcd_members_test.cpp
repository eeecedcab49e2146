// SPDX-License-Identifier: MIT
//
// etcd stops, loses its data, forgets revisions, or chooses another leader. Members answer and take
// registrations all the time.
#include "cluster_of_members.hpp"
#include "eventually.hpp"
#include "lookup_poll.hpp"
#include "sanitized.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::amount;
using test_support::eventually;
using test_support::lookup_client;
using testing::HasSubstr;

// All that is asked is two seconds on a machine with nothing else to do.
constexpr double limit_ms = amount(10'000, 60'000);

constexpr char const* out_of_sync = "CLUSTER: out of sync - ";
constexpr char const* in_sync = "CLUSTER: in sync as ";

// Producers at both members, of which the lookups must not lose one.
class without_etcd : public testing::Test {
 protected:
  void expect_first_producers() {
    EXPECT_EQ(made_old, 200);
    EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / c"), "10.0.0.1 10.0.0.2 / c");
    EXPECT_EQ(cluster.lookup_everywhere("u", "10.0.0.3 / "), "10.0.0.3 / ");
    EXPECT_EQ(cluster.lookup_everywhere("old", " / "), " / ");
  }

  [[nodiscard]] bool are_out_of_sync() const {
    return cluster.everywhere([](auto& member) { return !member.is_synced(); });
  }

  // Registrations, a producer that leaves, topics that are made and deleted.
  void change_at_both() {
    leaving.reset();
    later.push_back(cluster[0].producer("10.0.0.4", {"t d"}));
    later.push_back(cluster[1].producer("10.0.0.5", {"v c", "e#ephemeral"}));
    EXPECT_EQ(second.command("REGISTER v"), "OK");
    EXPECT_EQ(cluster[1].post("/topic/create?topic=made"), 200);
    EXPECT_EQ(cluster[0].post("/topic/delete?topic=old"), 200);
    EXPECT_EQ(cluster[0].ask().lookup("t"), "10.0.0.1 10.0.0.2 10.0.0.4 / c d");
    EXPECT_EQ(cluster[1].ask().lookup("v"), "10.0.0.2 10.0.0.5 / c");
    EXPECT_EQ(cluster[0].ask().lookup("u"), " / ");
  }

  // The state that all members have to come to after change_at_both().
  void expect_all_changes(stopwatch const& since, std::string const& after) {
    std::string const wanted =
        "e#ephemeral: 10.0.0.5 / \n"
        "made:  / \n"
        "t: 10.0.0.1 10.0.0.2 10.0.0.4 / c d\n"
        "u:  / \n"
        "v: 10.0.0.2 10.0.0.5 / c\n";
    auto const is_there = [&](server_reader& member) {
      return cluster_of_members::lookups_of(member) == wanted && member.is_synced();
    };
    EXPECT_TRUE(cluster.everywhere(is_there));
    for (auto* const each : cluster.running()) {
      EXPECT_EQ(cluster_of_members::lookups_of(each->ask()), wanted) << each->node_id();
    }
    EXPECT_LT(since.tell("members equal after " + after), limit_ms);
    EXPECT_TRUE(cluster.become_equal());
  }

  cluster_of_members cluster{{.members = 3, .flags = {"-tombstone-lifetime=1h"}}};
  lookup_client first = cluster[0].producer("10.0.0.1", {"t c"});
  lookup_client second = cluster[1].producer("10.0.0.2", {"t c"});
  std::optional<lookup_client> leaving = cluster[0].producer("10.0.0.3", {"u"});
  std::vector<lookup_client> later;
  int const made_old = cluster[2].post("/topic/create?topic=old");
};

TEST_F(without_etcd, members_go_on_and_are_equal_when_it_is_back) {
  expect_first_producers();
  lookup_poll poll{cluster.running(), "t", {"10.0.0.1", "10.0.0.2"}};
  cluster.etcd().kill();
  EXPECT_TRUE(are_out_of_sync());
  change_at_both();
  poll.wait_for_another();
  cluster.etcd().restart();
  stopwatch const watch;
  expect_all_changes(watch, "a restart of etcd");
  poll.end();
}

TEST_F(without_etcd, for_longer_than_a_lease_members_forget_nothing) {
  expect_first_producers();
  lookup_poll poll{cluster.running(), "t", {"10.0.0.1", "10.0.0.2"}};
  cluster.etcd().kill();
  EXPECT_TRUE(are_out_of_sync());
  change_at_both();
  // A second etcd tells when the time of a lease is over.
  cluster_of_members other;
  other[0].kill();
  EXPECT_TRUE(eventually([&] { return other[1].ask().members() == "b:0"; }));
  cluster.etcd().restart();
  stopwatch const watch;
  expect_all_changes(watch, "an absence of etcd that is longer than a lease");
  poll.end();
}

TEST_F(without_etcd, that_stands_still_members_go_on) {
  expect_first_producers();
  lookup_poll poll{cluster.running(), "t", {"10.0.0.1", "10.0.0.2"}};
  cluster.etcd().pause();
  change_at_both();
  EXPECT_TRUE(are_out_of_sync());
  poll.wait_for_another();
  cluster.etcd().resume();
  stopwatch const watch;
  expect_all_changes(watch, "a pause of etcd");
  poll.end();
}

TEST_F(without_etcd, which_has_lost_its_data_members_write_all_again) {
  expect_first_producers();
  lookup_poll poll{cluster.running(), "t", {"10.0.0.1", "10.0.0.2"}};
  cluster.etcd().kill();
  EXPECT_TRUE(are_out_of_sync());
  change_at_both();
  cluster.etcd().wipe();
  stopwatch const watch;
  expect_all_changes(watch, "a loss of etcd's data");
  poll.end();
  for (auto* const each : cluster.running()) {
    EXPECT_EQ(each->server().log().count("CLUSTER: etcd has lost its data"), 1U);
  }
}

TEST_F(without_etcd, which_has_lost_its_data_while_nothing_changed_members_write_all_again) {
  expect_first_producers();
  lookup_poll poll{cluster.running(), "t", {"10.0.0.1", "10.0.0.2"}};
  cluster.etcd().wipe();
  EXPECT_TRUE(cluster.everywhere(
      [](auto& member) { return member.is_synced() && member.members() == "a:2 b:1 c:0"; }));
  // One that comes now knows no more than is there again.
  cluster.add().start();
  expect_first_producers();
  EXPECT_EQ(cluster.lookup_everywhere("old", " / "), " / ");
  EXPECT_TRUE(cluster.become_equal());
  poll.end();
}

TEST_F(without_etcd, which_has_lost_the_lease_of_deletions_members_tell_the_next_one) {
  expect_first_producers();
  EXPECT_EQ(cluster[0].post("/topic/create?topic=next"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("next", " / "), " / ");
  EXPECT_EQ(cluster[0].post("/topic/delete?topic=old"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("old", "404"), "404");
  cluster.etcd().kill();
  EXPECT_TRUE(are_out_of_sync());
  EXPECT_EQ(cluster[0].post("/topic/delete?topic=next"), 200);
  EXPECT_EQ(cluster[1].post("/topic/tombstone?topic=t&node=10.0.0.1:4151"), 200);
  cluster.etcd().wipe();
  EXPECT_TRUE(cluster.come_into_sync());
  EXPECT_EQ(cluster.lookup_everywhere("next", "404"), "404");
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.2 / c"), "10.0.0.2 / c");
}

TEST(signs, tell_that_a_member_is_out_of_sync_and_in_sync_again) {
  cluster_of_members cluster{{.members = 2}};
  auto& member = cluster[0];
  auto& log = member.server().log();
  EXPECT_EQ(member.ask().metric("nsqlookupd_cluster_synced"), 1);
  EXPECT_EQ(log.count(in_sync), 1U);
  for (std::size_t round = 1; round <= 2; ++round) {
    cluster.etcd().kill();
    EXPECT_TRUE(eventually([&] { return member.ask().metric("nsqlookupd_cluster_synced") == 0; }));
    auto const verbose = member.ask().get("/readyz?verbose");
    EXPECT_EQ(verbose.status(), 200);
    EXPECT_THAT(verbose.body, HasSubstr("[+]cluster ok: out of sync, serving what is known - "));
    EXPECT_THAT(member.ask().body("/cluster"), HasSubstr(R"("synced":false)"));
    EXPECT_TRUE(log.wait_for(out_of_sync));
    cluster.etcd().restart();
    EXPECT_TRUE(eventually([&] { return member.ask().metric("nsqlookupd_cluster_synced") == 1; }));
    EXPECT_THAT(member.ask().body("/readyz?verbose"), HasSubstr("[+]cluster ok: in sync"));
    EXPECT_THAT(member.ask().body("/cluster"), HasSubstr(R"("synced":true)"));
    EXPECT_TRUE(eventually([&] { return log.count(in_sync) == 1 + round; }));
    EXPECT_EQ(log.count(out_of_sync), round);
  }
}

TEST(compaction, while_a_member_is_away_lets_it_read_all_anew) {
  cluster_of_members cluster{{.members = 3, .has_proxies = true}};
  auto const first = cluster[0].producer("10.0.0.1", {"t"});
  auto gone = std::optional{cluster[1].producer("10.0.0.2", {"t"})};
  EXPECT_EQ(cluster[0].post("/topic/create?topic=old"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("old", " / "), " / ");
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / "), "10.0.0.1 10.0.0.2 / ");
  lookup_poll poll{cluster.running(), "t", {"10.0.0.1"}};
  cluster[2].proxy().refuse();
  EXPECT_TRUE(eventually([&] { return !cluster[2].ask().is_synced(); }));
  gone.reset();
  auto const later = cluster[2].producer("10.0.0.3", {"t"});
  EXPECT_EQ(cluster[0].post("/topic/delete?topic=old"), 200);
  EXPECT_EQ(cluster[1].post("/topic/create?topic=made"), 200);
  EXPECT_TRUE(eventually([&] { return cluster[0].ask().lookup("made") == " / "; }));
  EXPECT_TRUE(eventually([&] { return cluster[1].ask().lookup("old") == "404"; }));
  cluster.compact();
  cluster[2].proxy().restore();
  stopwatch const watch;
  EXPECT_EQ(cluster.lookup_everywhere("old", "404"), "404");
  EXPECT_EQ(cluster.lookup_everywhere("made", " / "), " / ");
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.3 / "), "10.0.0.1 10.0.0.3 / ");
  EXPECT_LT(watch.tell("members equal after a compaction"), limit_ms);
  EXPECT_TRUE(cluster.become_equal());
  poll.end();
}

TEST(three_nodes, of_etcd_may_lose_their_leader) {
  cluster_of_members cluster{{.members = 2, .etcd_nodes = 3}};
  auto const first = cluster[0].producer("10.0.0.1", {"t"});
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / "), "10.0.0.1 / ");
  lookup_poll poll{cluster.running(), "t", {"10.0.0.1"}};
  auto const leader = cluster.etcd().leader();
  ASSERT_TRUE(leader);
  cluster.etcd().kill(*leader);
  stopwatch const watch;
  auto const second = cluster[1].producer("10.0.0.2", {"t"});
  EXPECT_EQ(cluster[0].post("/topic/create?topic=made"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / "), "10.0.0.1 10.0.0.2 / ");
  EXPECT_EQ(cluster.lookup_everywhere("made", " / "), " / ");
  EXPECT_LT(watch.tell("members equal after the death of etcd's leader"), limit_ms);
  EXPECT_TRUE(cluster.become_equal());
  cluster.etcd().restart(*leader);
  EXPECT_TRUE(cluster.become_equal());
  poll.end();
}

}  // namespace
}  // namespace nsqlookupd::e2e
