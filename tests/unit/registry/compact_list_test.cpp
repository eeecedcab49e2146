// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/compact_list.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nsqlookupd::registry {
namespace {

constexpr std::uint32_t many = 10'000;

template <class List>
void expect_same(List const& list, std::vector<std::uint32_t> const& expected) {
  ASSERT_EQ(std::vector<std::uint32_t>(list.begin(), list.end()), expected);
  ASSERT_EQ(list.size(), expected.size());
  ASSERT_EQ(list.empty(), expected.empty());
}

TEST(compact_list_test, takes_the_room_of_two_pointers) {
  EXPECT_EQ(sizeof(compact_list<std::uint32_t>), sizeof(void*) + 8);
  EXPECT_EQ(sizeof(compact_list<void*>), sizeof(void*) + 8);
  EXPECT_EQ(sizeof(compact_list<void*, 2>), 2 * sizeof(void*) + 8);
}

template <class List>
void expect_to_hold_what_it_is_given() {
  List list;
  std::vector<std::uint32_t> expected;
  for (std::uint32_t value = 0; value < 100; ++value) {
    ASSERT_NO_FATAL_FAILURE(expect_same(list, expected));
    list.push_back(value);
    expected.push_back(value);
    ASSERT_EQ(list.back(), value);
    ASSERT_EQ(list[value / 2], value / 2);
  }
  for (; !expected.empty(); expected.pop_back()) {
    ASSERT_NO_FATAL_FAILURE(expect_same(list, expected));
    list.pop_back();
  }
  EXPECT_TRUE(list.empty());
}

TEST(compact_list_test, holds_what_it_is_given) {
  expect_to_hold_what_it_is_given<compact_list<std::uint32_t, 1>>();
  expect_to_hold_what_it_is_given<compact_list<std::uint32_t>>();
  expect_to_hold_what_it_is_given<compact_list<std::uint32_t, 3>>();
  expect_to_hold_what_it_is_given<compact_list<std::uint64_t>>();
}

TEST(compact_list_test, holds_nothing_once_cleared) {
  for (std::uint32_t const count : {1U, 2U, 3U, 1000U}) {
    compact_list<std::uint32_t> list;
    for (std::uint32_t value = 0; value < count; ++value) {
      list.push_back(value);
    }
    list.clear();
    EXPECT_TRUE(list.empty());
    list.push_back(7);
    EXPECT_NO_FATAL_FAILURE(expect_same(list, {7}));
  }
}

TEST(compact_list_test, wastes_no_more_than_a_quarter_of_what_it_holds) {
  compact_list<std::uint32_t> list;
  constexpr std::size_t rounded_up = 5;
  for (std::uint32_t value = 0; value < many; ++value) {
    list.push_back(value);
    ASSERT_GE(list.capacity(), list.size());
    ASSERT_LE(list.capacity(), list.size() * 5 / 4 + rounded_up);
  }
}

TEST(compact_list_test, moves_seldom) {
  compact_list<std::uint32_t> list;
  int moves = 0;
  for (std::uint32_t value = 0; value < many; ++value) {
    auto const before = list.capacity();
    list.push_back(value);
    moves += list.capacity() == before ? 0 : 1;
  }
  EXPECT_LT(moves, 40);
}

TEST(compact_list_test, keeps_its_values_when_it_gives_back_memory) {
  compact_list<std::uint32_t> list;
  std::vector<std::uint32_t> expected;
  for (std::uint32_t value = 0; value < many; ++value) {
    list.push_back(value);
    expected.push_back(value);
  }
  auto const most = list.capacity();
  int moves = 0;
  while (!expected.empty()) {
    auto const before = list.capacity();
    list.pop_back();
    expected.pop_back();
    if (list.capacity() != before) {
      ++moves;
      ASSERT_NO_FATAL_FAILURE(expect_same(list, expected));
    }
  }
  EXPECT_LT(list.capacity(), most / 50);
  EXPECT_LT(moves, 10);
}

}  // namespace
}  // namespace nsqlookupd::registry
