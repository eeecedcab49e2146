// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/producer.hpp>
#include <nsqlookupd/registry/tombstones.hpp>

#include "peers.hpp"
#include <gtest/gtest.h>

#include <optional>

namespace nsqlookupd::registry {
namespace {

class tombstones_test : public testing::Test {
 protected:
  tombstones marks;
  producer first;
  producer second;
};

TEST_F(tombstones_test, are_none_at_first) {
  EXPECT_TRUE(marks.empty());
  EXPECT_EQ(marks.find(first), std::nullopt);
  marks.erase(first);
  EXPECT_TRUE(marks.empty());
}

TEST_F(tombstones_test, are_of_one_producer_each) {
  marks.set(first, at(1));
  EXPECT_FALSE(marks.empty());
  EXPECT_EQ(marks.find(first), at(1));
  EXPECT_EQ(marks.find(second), std::nullopt);
  marks.set(second, at(2));
  EXPECT_EQ(marks.find(first), at(1));
  EXPECT_EQ(marks.find(second), at(2));
}

TEST_F(tombstones_test, are_of_the_latest_moment) {
  marks.set(first, at(2));
  marks.set(first, at(1));
  EXPECT_EQ(marks.find(first), at(1));
}

TEST_F(tombstones_test, are_none_once_the_last_is_gone) {
  marks.set(first, at(1));
  marks.set(second, at(2));
  marks.erase(first);
  EXPECT_FALSE(marks.empty());
  EXPECT_EQ(marks.find(first), std::nullopt);
  EXPECT_EQ(marks.find(second), at(2));
  marks.erase(second);
  EXPECT_TRUE(marks.empty());
  marks.set(first, at(3));
  EXPECT_EQ(marks.find(first), at(3));
}

TEST_F(tombstones_test, take_the_room_of_a_pointer) {
  EXPECT_EQ(sizeof(tombstones), sizeof(void*));
}

}  // namespace
}  // namespace nsqlookupd::registry
