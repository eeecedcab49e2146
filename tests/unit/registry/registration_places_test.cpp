// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/registration_places.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

namespace nsqlookupd::registry {
namespace {

// More than any list has without an index.
constexpr std::uint32_t many = 60;

class registration_places_test : public testing::Test {
 protected:
  std::vector<registration_id> everywhere;
  registration_places places;
  std::map<registration_id, std::uint32_t> expected;

  registration_places_test() {
    for (std::uint32_t number = 0; number < many; ++number) {
      everywhere.push_back(registration_id{number});
    }
  }

  void insert(registration_id where, std::uint32_t position) {
    places.insert({where, position});
    expected[where] = position;
  }

  void erase(registration_id where) {
    places.erase(places.find(where));
    expected.erase(where);
  }

  void expect_the_same() {
    ASSERT_EQ(places.size(), expected.size());
    ASSERT_EQ(places.empty(), expected.empty());
    for (auto const where : everywhere) {
      auto const* const found = places.find(where);
      ASSERT_EQ(found != nullptr, expected.contains(where));
      ASSERT_EQ(places.contains(where), expected.contains(where));
      if (found != nullptr) {
        ASSERT_EQ(found->where, where);
        ASSERT_EQ(found->position, expected.at(where));
      }
    }
    std::map<registration_id, std::uint32_t> listed;
    for (auto const& each : places) {
      listed[each.where] = each.position;
    }
    ASSERT_EQ(listed, expected);
  }
};

TEST_F(registration_places_test, find_everything_while_growing_and_shrinking) {
  for (int round = 0; round < 3; ++round) {
    for (auto const where : everywhere) {
      insert(where, static_cast<std::uint32_t>(expected.size()));
      expect_the_same();
    }
    for (auto const where : everywhere) {
      erase(where);
      expect_the_same();
    }
  }
}

TEST_F(registration_places_test, find_everything_in_random_order) {
  std::mt19937 random{1};
  for (int step = 0; step < 5000; ++step) {
    auto const where = everywhere[random() % many];
    if (expected.contains(where)) {
      erase(where);
    } else {
      insert(where, static_cast<std::uint32_t>(random()));
    }
    expect_the_same();
  }
}

TEST_F(registration_places_test, are_emptied_from_the_back) {
  for (auto const where : everywhere) {
    insert(where, static_cast<std::uint32_t>(expected.size()) + 1);
  }
  for (auto left = many; left > 0; --left) {
    EXPECT_EQ(places.back().position, left);
    EXPECT_EQ(places.pop_back().position, left);
    expected.erase(everywhere[left - 1]);
    expect_the_same();
  }
  EXPECT_TRUE(places.empty());
}

TEST_F(registration_places_test, keep_a_position_that_is_changed) {
  for (auto const where : everywhere) {
    insert(where, 1);
    places.find(where)->position = 2;
    expected[where] = 2;
  }
  expect_the_same();
}

}  // namespace
}  // namespace nsqlookupd::registry
