// SPDX-License-Identifier: MIT
#include <nsqlookupd/cluster/key_space.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::cluster {
namespace {

class key_space_test : public testing::Test {
 protected:
  key_space keys{"nsq"};

  [[nodiscard]] parsed_key parsed(std::string_view key) const {
    auto const result = keys.parse(key);
    EXPECT_TRUE(result) << key;
    return result.value_or(parsed_key{});
  }
};

TEST_F(key_space_test, keys_read_like_a_table) {
  EXPECT_EQ(keys.prefix(), "/nsq/");
  EXPECT_EQ(keys.marker(), "/nsq/cluster");
  EXPECT_EQ(keys.member("a:4160"), "/nsq/members/a:4160");
  EXPECT_EQ(key_space::life_of("a", 0x5811a2), "a/5811a2");
  EXPECT_EQ(keys.producer("a/5811a2", 7, 0), "/nsq/producers/a/5811a2/7");
  EXPECT_EQ(keys.producer("a/5811a2", 7, 2), "/nsq/producers/a/5811a2/7/2");
  EXPECT_EQ(keys.producers_of("a/5811a2"), "/nsq/producers/a/5811a2/");
  EXPECT_EQ(keys.name("t", ""), "/nsq/topics/t");
  EXPECT_EQ(keys.name("t", "c"), "/nsq/channels/t/c");
  EXPECT_EQ(keys.channels_of("t"), "/nsq/channels/t/");
  EXPECT_EQ(keys.deletion("t", ""), "/nsq/deletions/t");
  EXPECT_EQ(keys.deletion("t", "c"), "/nsq/deletions/t/c");
  EXPECT_EQ(keys.tombstone("t", "h:4151"), "/nsq/tombstones/t/h:4151");
}

TEST_F(key_space_test, keys_are_taken_apart) {
  EXPECT_EQ(parsed("/nsq/cluster").kind, key_kind::marker);
  EXPECT_EQ(parsed("/nsq/members/a").node, "a");
  auto const producer_key = keys.producer("a/5f", 7, 0);
  auto const producer = parsed(producer_key);
  EXPECT_EQ(producer.kind, key_kind::producer);
  EXPECT_EQ(producer.node, "a");
  EXPECT_EQ(producer.life, "a/5f");
  EXPECT_EQ(producer.producer, "a/5f/7");
  EXPECT_EQ(producer.part, 0U);
  auto const part_key = keys.producer("a/5f", 7, 12);
  EXPECT_EQ(parsed(part_key).producer, "a/5f/7");
  EXPECT_EQ(parsed(part_key).part, 12U);
  EXPECT_EQ(parsed("/nsq/topics/t").kind, key_kind::name);
  EXPECT_EQ(parsed("/nsq/topics/t").topic, "t");
  EXPECT_EQ(parsed("/nsq/topics/t").channel, "");
  EXPECT_EQ(parsed("/nsq/channels/t/c").kind, key_kind::name);
  EXPECT_EQ(parsed("/nsq/channels/t/c").channel, "c");
  EXPECT_EQ(parsed("/nsq/deletions/t").kind, key_kind::deletion);
  EXPECT_EQ(parsed("/nsq/deletions/t").channel, "");
  EXPECT_EQ(parsed("/nsq/deletions/t/c").channel, "c");
  // A host may be anything that a producer says.
  EXPECT_EQ(parsed("/nsq/tombstones/t/a/b:4151").address, "a/b:4151");
}

TEST_F(key_space_test, other_keys_are_none) {
  for (std::string_view const key : {"",
                                     "/",
                                     "/nsq",
                                     "/nsq/",
                                     "nsq/topics/t",
                                     "/nsqx/topics/t",
                                     "/nsq/cluster/x",
                                     "/nsq/topics",
                                     "/nsq/topics/",
                                     "/nsq/topics/t/x",
                                     "/nsq/members/a/x",
                                     "/nsq/channels/t",
                                     "/nsq/channels/t/",
                                     "/nsq/members",
                                     "/nsq/others/x",
                                     "/nsq/producers",
                                     "/nsq/producers/a",
                                     "/nsq/producers/a/5f",
                                     "/nsq/producers/a/5f/",
                                     "/nsq/producers//5f/7",
                                     "/nsq/producers/a//7",
                                     "/nsq/producers/a/5f/x",
                                     "/nsq/producers/a/5f/7/x",
                                     "/nsq/producers/a/5f/-7",
                                     "/nsq/producers/a/5f/99999999999",
                                     "/nsq/tombstones/t"}) {
    EXPECT_FALSE(keys.parse(key)) << key;
  }
}

}  // namespace
}  // namespace nsqlookupd::cluster
