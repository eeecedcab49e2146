// SPDX-License-Identifier: MIT
//
// UNREGISTER visits what the producer has in the topic, and no channel besides: the others cannot
// even be read meanwhile.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "registry_listings.hpp"
#include "watched_memory.hpp"
#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;

// More than are compared one by one.
constexpr int many = 1000;

class unregister_cost_test : public testing::Test {
 protected:
  registration_db db;
  producer_id const id = db.add_producer(peer("r1"), at(0));
  producer_id const other = db.add_producer(peer("r2"), at(0));
  producer_id const outsider = db.add_producer(peer("r3"), at(0));

  // Beside "t" with its channels of one producer: more channels of "t" that another producer has,
  // and more channels of another topic that the first and an outsider have.
  unregister_cost_test() {
    for (auto const* const name : {"a", "b", "c"}) {
      db.register_producer(id, "t", name);
    }
    set_apart(sizeof(record), [this] {
      for (int number = 0; number < many; ++number) {
        auto const name = std::to_string(number);
        db.register_producer(other, "t", name);
        db.register_producer(id, "u", name);
        db.register_producer(outsider, "u", name);
      }
    });
  }
};

TEST_F(unregister_cost_test, of_a_topic_is_what_the_producer_has_in_it) {
  unregister_result result;
  without_set_apart_memory([&] { result = db.unregister_topic(id, "t"); });
  EXPECT_TRUE(result.topic_removed);
  EXPECT_EQ(result.channels_removed, (lines{"a", "b", "c"}));
  EXPECT_EQ(list_nodes(db, at(0)), (lines{"r1: u", "r2: t", "r3: u"}));
}

TEST_F(unregister_cost_test, of_a_topic_that_the_producer_is_not_in_is_nothing) {
  unregister_result result;
  without_set_apart_memory([&] { result = db.unregister_topic(outsider, "t"); });
  EXPECT_FALSE(result.topic_removed);
  EXPECT_EQ(result.channels_removed, lines{});
  EXPECT_EQ(list_nodes(db, at(0)), (lines{"r1: t u", "r2: t", "r3: u"}));
}

TEST_F(unregister_cost_test, of_some_channels_is_that_of_so_many) {
  std::size_t needed = 0;
  needed = allocations_of([&] { EXPECT_TRUE(db.unregister_topic(other, "t", 2).more); });
  EXPECT_LT(needed, 20U);
}

}  // namespace
}  // namespace nsqlookupd::registry
