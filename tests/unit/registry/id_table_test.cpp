// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/containers.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <map>
#include <random>

namespace nsqlookupd::registry {
namespace {

enum class id : std::uint32_t {};

class id_table_test : public testing::Test {
 protected:
  id_table<id, int> table;
};

TEST_F(id_table_test, finds_everything_by_its_id) {
  std::mt19937 random{1};
  std::array<int, 50> objects{};
  std::map<int*, id> ids;
  for (int step = 0; step < 5000; ++step) {
    auto& object = objects.at(random() % objects.size());
    if (auto const known = ids.find(&object); known != ids.end()) {
      table.erase(known->second);
      ids.erase(known);
    } else {
      ids[&object] = table.insert(object);
    }
    for (auto const& [each, its_id] : ids) {
      ASSERT_EQ(&table[its_id], each);
      ASSERT_EQ(table.find(its_id), each);
    }
  }
}

TEST_F(id_table_test, gives_what_was_given_back_out_again) {
  std::array<int, 3> objects{};
  for (auto& object : objects) {
    table.insert(object);
  }
  table.erase(id{0});
  table.erase(id{2});
  EXPECT_EQ(table.insert(objects[0]), id{2});
  EXPECT_EQ(table.insert(objects[2]), id{0});
  int another = 0;
  EXPECT_EQ(table.insert(another), id{3});
}

TEST_F(id_table_test, finds_nothing_by_other_numbers) {
  EXPECT_EQ(table.find(id{0}), nullptr);
  std::array<int, 3> objects{};
  for (auto& object : objects) {
    table.insert(object);
  }
  table.erase(id{0});
  table.erase(id{2});
  EXPECT_EQ(table.find(id{0}), nullptr);
  EXPECT_EQ(table.find(id{1}), &objects[1]);
  EXPECT_EQ(table.find(id{2}), nullptr);
  EXPECT_EQ(table.find(id{3}), nullptr);
}

}  // namespace
}  // namespace nsqlookupd::registry
