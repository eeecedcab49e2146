// SPDX-License-Identifier: MIT
//
// Keys that no member has written, and two members that say the same of themselves.
#include "cluster_of_members.hpp"
#include "eventually.hpp"
#include "lookup_poll.hpp"
#include "repeat.hpp"
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;
using test_support::repeat;
using strings = std::vector<std::string>;

// As members write it, but for the parts that differ.
std::string producer(std::string const& address, std::string const& topics,
                     std::string const& ports = R"("tcp_port":4150,"http_port":4151)") {
  return R"({"remote_address":"10.0.0.9:1","hostname":"h9","broadcast_address":")" + address +
         R"(","version":"1.3.0","topology_zone":"","topology_region":"",)" + ports +
         R"(,"last_seen":1796054407318421,"silent":false,"topics":)" + topics +
         R"(,"tombstones":{}})";
}

strings bad_values() {
  return {"",
          "garbage",
          "{",
          "[]",
          "null",
          "7",
          R"("text")",
          R"({"by":7,"at":"yesterday","cause":[]})",
          R"({"hostname":7,"broadcast_address":{},"tcp_port":"x","topics":[1,2]})",
          std::string{"\0\xff\xfe", 3},
          repeat("[", 100'000),
          producer("", R"({"bad":[]})"),
          producer("10.0.0.9", R"({"bad":[]})", R"("tcp_port":0,"http_port":4151)"),
          producer("10.0.0.9", R"({"bad":[]})", R"("tcp_port":4150,"http_port":0)"),
          producer("10.0.0.9", R"({"b a d":[]})"),
          producer("10.0.0.9", R"({"bad":["c d"]})"),
          producer("10.0.0.9", R"({"bad":7})"),
          producer("10.0.0.9", R"(["bad"])"),
          repeat("x", std::size_t{600} << 10U)};
}

strings const bad_keys{"cluster/",
                       "unknown",
                       "unknown/a/b",
                       "",
                       "members/",
                       "members/x/y",
                       "producers",
                       "producers/x",
                       "producers/x/1",
                       "producers/x/1/",
                       "producers/x/1/y",
                       "producers/x/1/1/x",
                       "producers/x/1/99999999999999999999",
                       "producers/x/1/1/1/1",
                       "producers//1/1",
                       "topics/",
                       "topics/b a d",
                       "topics/a/b",
                       "channels/t",
                       "channels/t/",
                       "channels/t/b a d",
                       "channels//c",
                       "channels/t/c/d",
                       "deletions/",
                       "deletions/t/c/d",
                       "tombstones/t",
                       "tombstones/t/",
                       "tombstones//x:1",
                       "tombstones/t/nonsense"};

TEST(foreign_keys, are_ignored) {
  cluster_of_members cluster{{.members = 2}};
  auto const first = cluster[0].producer("10.0.0.1", {"t c"});
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / c"), "10.0.0.1 / c");
  lookup_poll poll{cluster.running(), "t", {"10.0.0.1"}};
  for (auto const& key : bad_keys) {
    for (auto const& value : {std::string{}, std::string{"{}"}, producer("", "{}")}) {
      cluster.put_key(key, value);
    }
  }
  auto const second = cluster[1].producer("10.0.0.2", {"t c"});
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / c"), "10.0.0.1 10.0.0.2 / c");
  // One that starts reads them, too.
  cluster.add().start();
  EXPECT_TRUE(cluster.become_equal());
  poll.end();
  for (auto* const each : cluster.running()) {
    EXPECT_EQ(each->ask().topics(), "t");
    EXPECT_EQ(each->ask().nodes(), "10.0.0.1(t) 10.0.0.2(t)");
    EXPECT_EQ(each->stop(), 0);
  }
}

TEST(foreign_values, are_ignored) {
  cluster_of_members cluster{{.members = 2}};
  auto const first = cluster[0].producer("10.0.0.1", {"t c"});
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 / c"), "10.0.0.1 / c");
  lookup_poll poll{cluster.running(), "t", {"10.0.0.1"}};
  int number = 0;
  for (auto const& value : bad_values()) {
    auto const id = std::to_string(++number);
    cluster.put_key("producers/x/1/" + id, value);
    cluster.put_key("producers/x/1/" + id + "/1", value);
    cluster.put_key("tombstones/t/10.0.0.1:4151", value);
    cluster.put_key("members/x" + id, value);
  }
  auto const second = cluster[1].producer("10.0.0.2", {"t c"});
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / c"), "10.0.0.1 10.0.0.2 / c");
  cluster.add().start();
  EXPECT_TRUE(cluster.become_equal());
  poll.end();
  for (auto* const each : cluster.running()) {
    EXPECT_EQ(each->ask().topics(), "t");
    EXPECT_EQ(each->ask().nodes(), "10.0.0.1(t) 10.0.0.2(t)");
    EXPECT_EQ(each->stop(), 0);
  }
}

TEST(foreign_values, that_spoil_good_ones_are_ignored) {
  cluster_of_members cluster{{.members = 2}};
  cluster.put_key("producers/x/1/1", producer("10.0.0.9", R"({"t":["c"]})"));
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.9 / c"), "10.0.0.9 / c");
  cluster.put_key("producers/x/1/1", "garbage");
  cluster.put_key("topics/u", "garbage");
  EXPECT_EQ(cluster.lookup_everywhere("u", " / "), " / ");
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.9 / c"), "10.0.0.9 / c");
  EXPECT_TRUE(cluster.become_equal());
}

TEST(one_node_id, of_two_members_loses_no_producer) {
  cluster_of_members cluster{{.members = 1}};
  cluster.add({"-cluster-node-id=a"}).start();
  EXPECT_TRUE(cluster.everywhere([](auto& member) { return member.is_synced(); }));
  auto const first = cluster[0].producer("10.0.0.1", {"t c"});
  auto const second = cluster[1].producer("10.0.0.2", {"t c"});
  EXPECT_EQ(cluster.lookup_everywhere("t", "10.0.0.1 10.0.0.2 / c"), "10.0.0.1 10.0.0.2 / c");
  EXPECT_EQ(cluster[0].post("/topic/create?topic=made"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("made", " / "), " / ");
  EXPECT_EQ(cluster[1].post("/topic/delete?topic=made"), 200);
  EXPECT_EQ(cluster.lookup_everywhere("made", "404"), "404");
}

TEST(one_node_id, of_two_members_is_told_by_both_once) {
  cluster_of_members cluster{{.members = 1}};
  cluster.add({"-cluster-node-id=a"}).start();
  for (auto* const each : cluster.running()) {
    EXPECT_TRUE(each->server().log().wait_for("CLUSTER: another member has the node id a, too"));
  }
}

}  // namespace
}  // namespace nsqlookupd::e2e
