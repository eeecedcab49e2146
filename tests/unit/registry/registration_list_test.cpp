// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/registration_list.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace nsqlookupd::registry {
namespace {

// More than any list has without an index.
constexpr std::uint32_t how_many = 60;

class registration_list_test : public testing::Test {
 protected:
  std::vector<record_id> records;
  registration_list list;
  std::map<record_id, std::uint32_t> expected;
  // Records that have a ring in common.
  std::vector<std::set<record_id>> rings;

  registration_list_test() {
    for (std::uint32_t number = 0; number < how_many; ++number) {
      records.push_back(record_id{number});
    }
  }

  void insert(record_id record, std::uint32_t position) {
    auto const* const added = list.insert(record, position, nullptr);
    EXPECT_EQ(added, list.find(record));
    expected[record] = position;
    rings.push_back({record});
  }

  void insert_beside(record_id sibling, record_id record, std::uint32_t position) {
    auto const* const added = list.insert(record, position, list.find(sibling));
    EXPECT_EQ(added, list.find(record));
    expected[record] = position;
    for (auto& ring : rings) {
      if (ring.contains(sibling)) {
        ring.insert(record);
      }
    }
  }

  void erase(record_id record) {
    list.erase(list.find(record));
    expected.erase(record);
    for (auto& ring : rings) {
      ring.erase(record);
    }
    std::erase_if(rings, [](auto const& ring) { return ring.empty(); });
  }

  // The ring of `record` as a walk along it visits it.
  std::vector<record_id> walk_from(record_id record) {
    std::vector<record_id> visited;
    auto const* const first = list.find(record);
    auto const* each = first;
    do {
      visited.push_back(each->record);
      each = list.next(each);
    } while (each != first && visited.size() <= how_many);
    return visited;
  }

  void expect_the_same_rings() {
    for (auto const& ring : rings) {
      for (auto const record : ring) {
        auto const visited = walk_from(record);
        ASSERT_EQ(visited.size(), ring.size());
        ASSERT_EQ(std::set(visited.begin(), visited.end()), ring);
      }
    }
  }

  void expect_the_same() {
    ASSERT_EQ(list.size(), expected.size());
    ASSERT_EQ(list.empty(), expected.empty());
    for (auto const record : records) {
      auto const* const found = list.find(record);
      ASSERT_EQ(found != nullptr, expected.contains(record));
      if (found != nullptr) {
        ASSERT_EQ(found->record, record);
        ASSERT_EQ(found->position, expected.at(record));
      }
    }
    std::map<record_id, std::uint32_t> listed;
    for (auto const& each : list) {
      listed[each.record] = each.position;
    }
    ASSERT_EQ(listed, expected);
    expect_the_same_rings();
  }
};

TEST_F(registration_list_test, finds_everything_while_growing_and_shrinking) {
  for (int round = 0; round < 3; ++round) {
    for (auto const record : records) {
      insert(record, static_cast<std::uint32_t>(expected.size()));
      expect_the_same();
    }
    for (auto const record : records) {
      erase(record);
      expect_the_same();
    }
  }
}

TEST_F(registration_list_test, finds_everything_in_random_order) {
  std::mt19937 random{1};
  for (int step = 0; step < 5000; ++step) {
    auto const record = records[random() % how_many];
    if (expected.contains(record)) {
      erase(record);
    } else {
      auto const position = static_cast<std::uint32_t>(random()) & registration::most_positions;
      if (expected.empty() || random() % 4 == 0) {
        insert(record, position);
      } else {
        auto const sibling =
            std::next(expected.begin(), static_cast<int>(random() % expected.size()));
        insert_beside(sibling->first, record, position);
      }
    }
    expect_the_same();
  }
}

TEST_F(registration_list_test, is_emptied_from_the_back) {
  for (auto const record : records) {
    insert(record, static_cast<std::uint32_t>(expected.size()) + 1);
  }
  for (auto left = how_many; left > 0; --left) {
    EXPECT_EQ(list.back().position, left);
    erase(records[left - 1]);
    expect_the_same();
  }
  EXPECT_TRUE(list.empty());
}

TEST_F(registration_list_test, keeps_a_position_that_is_changed) {
  for (auto const record : records) {
    insert(record, 1);
    list.find(record)->move_to(registration::most_positions);
    expected[record] = registration::most_positions;
  }
  expect_the_same();
}

TEST_F(registration_list_test, knows_of_each_whether_it_is_confirmed) {
  for (auto const record : records) {
    insert(record, static_cast<std::uint32_t>(expected.size()));
    EXPECT_EQ(list.find(record)->unconfirmed, 0U);
    list.find(record)->unconfirmed = static_cast<std::uint32_t>(record) % 2;
  }
  for (std::uint32_t number = 0; number < how_many; number += 3) {
    erase(records[number]);
    for (auto const& each : list) {
      EXPECT_EQ(each.unconfirmed, static_cast<std::uint32_t>(each.record) % 2);
    }
  }
  list.find(records[1])->move_to(registration::most_positions);
  EXPECT_EQ(list.find(records[1])->unconfirmed, 1U);
}

}  // namespace
}  // namespace nsqlookupd::registry
