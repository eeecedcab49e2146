// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/journal.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "registry_lines.hpp"
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;
using revisions = std::vector<std::uint64_t>;

constexpr auto everything = std::numeric_limits<std::size_t>::max();

// Adds a change that is about no producer, or about this one.
void add(journal& to, std::uint64_t revision,
         std::shared_ptr<peer_info const> const& producer = {}) {
  change made;
  made.revision = revision;
  made.kind = change_kind::topic_added;
  made.topic = "t";
  made.producer = producer.get();
  made.cause = "POST /topic/create";
  to.add(made, producer);
}

revisions read(journal const& from, std::uint64_t since, std::size_t budget = everything) {
  revisions seen;
  from.read(since, budget, [&](change const& made) { seen.push_back(made.revision); });
  return seen;
}

TEST(journal, is_empty_at_first) {
  journal const fresh{10, 7};
  EXPECT_EQ(fresh.forgotten(), 7U);
  EXPECT_EQ(fresh.oldest(), std::nullopt);
  EXPECT_EQ(read(fresh, 0), revisions{});
}

TEST(journal, remembers_all_of_a_change) {
  journal recorded{3, 0};
  {
    auto const producer = std::make_shared<peer_info const>(peer("r1", "host", 4151));
    std::string const topic = "topic";
    std::string const channel = "channel";
    std::string const cause = "a cause that is long enough to need memory";
    recorded.add({5, at(3), change_kind::registered, topic, channel, producer.get(), cause},
                 producer);
  }
  int seen = 0;
  std::uint64_t since = 0;
  auto budget = everything;
  recorded.read(since, budget, [&](change const& made) {
    ++seen;
    EXPECT_EQ(made.revision, 5U);
    EXPECT_EQ(made.time, at(3));
    EXPECT_EQ(made.kind, change_kind::registered);
    EXPECT_EQ(made.topic, "topic");
    EXPECT_EQ(made.channel, "channel");
    ASSERT_NE(made.producer, nullptr);
    EXPECT_EQ(made.producer->remote_address, "r1");
    EXPECT_EQ(made.cause, "a cause that is long enough to need memory");
  });
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(since, 5U);
}

TEST(journal, forgets_the_oldest_when_it_is_full) {
  journal recorded{3, 0};
  for (std::uint64_t revision = 1; revision <= 3; ++revision) {
    add(recorded, revision * 10);
  }
  EXPECT_EQ(recorded.forgotten(), 0U);
  EXPECT_EQ(recorded.oldest(), 10U);
  EXPECT_EQ(read(recorded, 0), (revisions{10, 20, 30}));
  add(recorded, 40);
  EXPECT_EQ(recorded.forgotten(), 10U);
  EXPECT_EQ(recorded.oldest(), 20U);
  EXPECT_EQ(read(recorded, 0), (revisions{20, 30, 40}));
  for (std::uint64_t revision = 5; revision <= 100; ++revision) {
    add(recorded, revision * 10);
  }
  EXPECT_EQ(recorded.forgotten(), 970U);
  EXPECT_EQ(read(recorded, 0), (revisions{980, 990, 1000}));
}

TEST(journal, is_read_behind_a_revision) {
  journal recorded{10, 0};
  for (std::uint64_t const revision : {2U, 4U, 6U, 8U}) {
    add(recorded, revision);
  }
  EXPECT_EQ(read(recorded, 1), (revisions{2, 4, 6, 8}));
  EXPECT_EQ(read(recorded, 2), (revisions{4, 6, 8}));
  EXPECT_EQ(read(recorded, 3), (revisions{4, 6, 8}));
  EXPECT_EQ(read(recorded, 7), revisions{8});
  EXPECT_EQ(read(recorded, 8), revisions{});
  EXPECT_EQ(read(recorded, 1000), revisions{});
}

TEST(journal, is_read_page_by_page) {
  journal recorded{10, 0};
  for (std::uint64_t revision = 1; revision <= 5; ++revision) {
    add(recorded, revision);
  }
  revisions seen;
  std::uint64_t since = 1;
  auto const sink = [&](change const& made) { seen.push_back(made.revision); };
  std::size_t budget = 3;
  recorded.read(since, budget, sink);
  EXPECT_EQ(seen, (revisions{2, 3, 4}));
  EXPECT_EQ(since, 4U);
  EXPECT_EQ(budget, 0U);
  recorded.read(since, budget, sink);
  EXPECT_EQ(since, 4U);
  budget = 3;
  recorded.read(since, budget, sink);
  EXPECT_EQ(seen, (revisions{2, 3, 4, 5}));
  EXPECT_EQ(since, 5U);
  EXPECT_EQ(budget, 2U);
  recorded.read(since, budget, sink);
  EXPECT_EQ(since, 5U);
  EXPECT_EQ(budget, 2U);
}

// Entries share the memory of their texts, 64 at a time.
TEST(journal, remembers_the_texts_of_all_that_it_has) {
  for (std::size_t const capacity : {1U, 63U, 64U, 65U, 66U, 127U, 128U, 129U}) {
    journal recorded{capacity, 0};
    std::uint64_t revision = 0;
    for (; revision < 500; ++revision) {
      auto const name = std::to_string(revision + 1);
      recorded.add(
          {revision + 1, at(1), change_kind::registered, "t" + name, "c" + name, nullptr, "x"}, {});
      std::uint64_t since = 0;
      auto budget = everything;
      recorded.read(since, budget, [](change const& made) {
        EXPECT_EQ(made.topic, "t" + std::to_string(made.revision));
        EXPECT_EQ(made.channel, "c" + std::to_string(made.revision));
        EXPECT_EQ(made.cause, "x");
      });
    }
    EXPECT_EQ(read(recorded, 0).size(), capacity);
    EXPECT_EQ(recorded.oldest(), revision - capacity + 1);
  }
}

TEST(journal, leaves_out_what_it_forgot_between_two_pages) {
  journal recorded{2, 0};
  add(recorded, 1);
  add(recorded, 2);
  std::uint64_t since = 0;
  std::size_t one = 1;
  auto const ignore = [](change const&) {};
  recorded.read(since, one, ignore);
  EXPECT_EQ(since, 1U);
  add(recorded, 3);
  add(recorded, 4);
  EXPECT_GT(recorded.forgotten(), since);
  EXPECT_EQ(read(recorded, since), (revisions{3, 4}));
}

TEST(journal, of_no_capacity_remembers_nothing) {
  journal none{0, 7};
  EXPECT_EQ(none.forgotten(), 7U);
  add(none, 8);
  EXPECT_EQ(none.forgotten(), 8U);
  EXPECT_EQ(none.oldest(), std::nullopt);
  EXPECT_EQ(read(none, 0), revisions{});
}

// A client chooses how long these are.
std::shared_ptr<peer_info const> with_long_names(std::size_t size) {
  auto producer = peer("r1");
  producer.hostname = std::string(size, 'h');
  return std::make_shared<peer_info const>(std::move(producer));
}

TEST(journal, forgets_more_when_names_are_long) {
  constexpr std::size_t capacity = 100;
  journal recorded{capacity, 0};
  constexpr std::size_t size = 20'000;
  for (std::uint64_t revision = 1; revision <= capacity; ++revision) {
    add(recorded, revision, with_long_names(size));
  }
  auto const remembered = read(recorded, 0).size();
  EXPECT_LE(remembered, capacity * journal::max_average_size / size);
  EXPECT_GE(remembered, capacity * journal::max_average_size / (size + 1000));
  EXPECT_EQ(recorded.forgotten(), capacity - remembered);
  EXPECT_EQ(recorded.oldest(), capacity - remembered + 1);
  EXPECT_EQ(read(recorded, 0).back(), capacity);

  // Short ones take the space that long ones give back.
  for (std::uint64_t revision = capacity + 1; revision <= 2 * capacity; ++revision) {
    add(recorded, revision);
  }
  EXPECT_EQ(read(recorded, 0).size(), capacity);
  EXPECT_EQ(recorded.forgotten(), capacity);
}

TEST(journal, forgets_each_that_is_too_long_by_itself) {
  constexpr std::size_t capacity = 10;
  journal recorded{capacity, 0};
  add(recorded, 1);
  add(recorded, 2, with_long_names(capacity * journal::max_average_size));
  EXPECT_EQ(recorded.oldest(), std::nullopt);
  EXPECT_EQ(recorded.forgotten(), 2U);
  EXPECT_EQ(read(recorded, 0), revisions{});
  add(recorded, 3);
  EXPECT_EQ(read(recorded, 0), revisions{3});
  EXPECT_EQ(recorded.oldest(), 3U);
}

TEST(journal, keeps_no_producer_that_it_forgot) {
  journal recorded{2, 0};
  auto made = with_long_names(10);
  std::weak_ptr<peer_info const> const producer = made;
  add(recorded, 1, made);
  made.reset();
  EXPECT_FALSE(producer.expired());
  add(recorded, 2);
  add(recorded, 3);
  EXPECT_TRUE(producer.expired());
}

TEST(journal, of_a_registration_db_has_its_changes) {
  registration_db db{{}, {}, {.capacity = 2, .last_revision = 40}};
  EXPECT_EQ(db.changes().forgotten(), 40U);
  db.create_topic("t");
  db.create_topic("u");
  db.create_topic("v");
  lines seen;
  std::uint64_t since = 41;
  auto budget = everything;
  db.changes().read(since, budget, [&](change const& made) { seen.push_back(change_line(made)); });
  EXPECT_EQ(seen, (lines{"topic_added u", "topic_added v"}));
  EXPECT_EQ(db.changes().forgotten(), 41U);
  EXPECT_EQ(since, db.revision());
}

}  // namespace
}  // namespace nsqlookupd::registry
