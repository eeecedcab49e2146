// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::http_api {
namespace {

using namespace std::chrono_literals;

constexpr auto timeout = 300s;
constexpr auto tombstone_lifetime = 45s;

// The answer, as later requests share it.
http::shared_text ask(world& here, std::string_view target) {
  return here.respond({"GET", target}).body.shared;
}

struct answer_cache_test : testing::Test {
  answer_cache_test() {
    here.add_to("t", "a");
    here.db.create_topic("empty");
  }

  // True when the same bytes are handed out a second time after `change`.
  bool keeps(std::string_view target, std::function<void()> const& change) {
    auto const before = ask(here, target);
    change();
    return ask(here, target) == before;
  }

  world here{{.inactive_producer_timeout = timeout, .tombstone_lifetime = tombstone_lifetime}, {}};
};

TEST_F(answer_cache_test, is_shared_as_long_as_nothing_changes) {
  auto const nothing = [] {};
  EXPECT_TRUE(keeps("/nodes", nothing));
  EXPECT_TRUE(keeps("/topics", nothing));
  EXPECT_EQ(*ask(here, "/topics"), R"({"topics":["empty","t"]})");
}

TEST_F(answer_cache_test, outlives_what_it_does_not_show) {
  auto const b = here.add("b");
  auto const ping = [&] { here.db.ping(b, here.now); };
  EXPECT_TRUE(keeps("/nodes", ping));
  EXPECT_TRUE(keeps("/topics", ping));
  auto const channel = [&] { here.db.register_producer(b, "t", "c"); };
  here.db.register_producer(b, "t", {});
  EXPECT_TRUE(keeps("/nodes", channel));
  EXPECT_TRUE(keeps("/topics", [&] { here.db.create_channel("t", "d"); }));
  EXPECT_TRUE(keeps("/nodes", [&] { here.db.create_topic("other"); }));
}

TEST_F(answer_cache_test, of_topics_ends_with_a_topic) {
  EXPECT_FALSE(keeps("/topics", [&] { here.db.create_topic("new"); }));
  EXPECT_EQ(*ask(here, "/topics"), R"({"topics":["empty","new","t"]})");
  EXPECT_FALSE(keeps("/topics", [&] { here.db.delete_topic("new"); }));
  EXPECT_EQ(*ask(here, "/topics"), R"({"topics":["empty","t"]})");
}

TEST_F(answer_cache_test, of_nodes_ends_with_what_a_producer_does) {
  auto b = registry::producer_id{};
  std::vector<std::function<void()>> const changes{
      [&] { b = here.add("b"); },
      [&] { here.db.register_producer(b, "t", {}); },
      [&] { here.db.tombstone("t", "b:4151", here.now); },
      [&] { here.db.unregister_topic(b, "t"); },
      [&] { here.db.register_producer(b, "u", {}); },
      [&] { here.db.delete_topic("u"); },
      [&] { here.db.remove_producer(b); },
  };
  for (std::size_t index = 0; index < changes.size(); ++index) {
    EXPECT_FALSE(keeps("/nodes", changes[index])) << index;
  }
}

TEST_F(answer_cache_test, of_nodes_ends_when_a_producer_was_silent_for_too_long) {
  EXPECT_TRUE(keeps("/nodes", [&] { here.now += timeout; }));
  EXPECT_FALSE(keeps("/nodes", [&] { here.now += 1ns; }));
  EXPECT_EQ(*ask(here, "/nodes"), R"({"producers":[]})");
}

TEST_F(answer_cache_test, of_nodes_ends_when_a_silent_producer_is_heard) {
  auto const b = here.add("b");
  here.now += timeout + 1ns;
  EXPECT_EQ(*ask(here, "/nodes"), R"({"producers":[]})");
  EXPECT_FALSE(keeps("/nodes", [&] { here.db.ping(b, here.now); }));
}

TEST_F(answer_cache_test, of_nodes_ends_with_a_tombstone) {
  here.db.tombstone("t", "a:4151", here.now);
  EXPECT_TRUE(keeps("/nodes", [&] { here.now += tombstone_lifetime - 1ns; }));
  EXPECT_FALSE(keeps("/nodes", [&] { here.now += 1ns; }));
}

TEST_F(answer_cache_test, stays_when_the_clock_is_set_back) {
  here.now += timeout + 1ns;
  EXPECT_EQ(*ask(here, "/nodes"), R"({"producers":[]})");
  EXPECT_TRUE(keeps("/nodes", [&] { here.now -= timeout; }));
}

struct cached_lookup_test : answer_cache_test {
  bool keeps(std::function<void()> const& change) {
    EXPECT_NE(ask(here, target), nullptr);
    return answer_cache_test::keeps(target, change);
  }

  static constexpr auto target = "/lookup?topic=t";
};

TEST_F(cached_lookup_test, is_shared_as_long_as_nothing_changes) {
  EXPECT_TRUE(keeps([] {}));
  EXPECT_TRUE(keeps([&] { ask(here, "/lookup?topic=empty"); }));
  EXPECT_EQ(*ask(here, target), R"({"channels":[],"producers":[)" + producer_json("a") + "]}");
}

TEST_F(cached_lookup_test, ends_with_what_happens_to_its_topic) {
  auto b = registry::producer_id{};
  std::vector<std::function<void()>> const changes{
      [&] { b = here.add_to("t", "b"); },
      [&] { here.db.tombstone("t", "b:4151", here.now); },
      [&] { here.db.unregister_topic(b, "t"); },
      [&] { here.db.register_producer(b, "t", "c"); },
      [&] { here.db.create_channel("t", "d"); },
      [&] { here.db.delete_channel("t", "c"); },
      [&] { here.db.remove_producer(b); },
      [&] {
        here.db.delete_topic("t");
        here.db.create_topic("t");
      },
  };
  for (std::size_t index = 0; index < changes.size(); ++index) {
    EXPECT_FALSE(keeps(changes[index])) << index;
  }
}

TEST_F(cached_lookup_test, outlives_what_happens_to_other_topics) {
  auto const b = here.add_to("u", "b");
  EXPECT_TRUE(keeps([&] { here.add("c"); }));
  EXPECT_TRUE(keeps([&] { here.db.register_producer(b, "empty", "c"); }));
  EXPECT_TRUE(keeps([&] { here.db.unregister_topic(b, "empty"); }));
  EXPECT_TRUE(keeps([&] { here.db.delete_topic("u"); }));
  EXPECT_TRUE(keeps([&] { here.db.create_topic("new"); }));
}

TEST_F(cached_lookup_test, ends_when_a_producer_was_silent_for_too_long) {
  EXPECT_TRUE(keeps([&] { here.now += timeout; }));
  EXPECT_FALSE(keeps([&] { here.now += 1ns; }));
  EXPECT_EQ(*ask(here, target), R"({"channels":[],"producers":[]})");
}

TEST_F(cached_lookup_test, ends_with_a_tombstone) {
  here.db.tombstone("t", "a:4151", here.now);
  EXPECT_TRUE(keeps([&] { here.now += tombstone_lifetime - 1ns; }));
  EXPECT_FALSE(keeps([&] { here.now += 1ns; }));
}

TEST(answer_cache, keeps_no_more_than_so_many) {
  answer_cache cache;
  auto const is_kept = [&](std::size_t number) {
    return cache.find(std::to_string(number)) != nullptr;
  };
  for (std::size_t number = 0; number < answer_cache::max_count; ++number) {
    cache.keep(std::to_string(number), {.text = "text"});
  }
  cache.keep("1", {.text = "again"});
  EXPECT_TRUE(is_kept(0));
  cache.keep("one more", {.text = "text"});
  EXPECT_FALSE(is_kept(0));
  EXPECT_NE(cache.find("one more"), nullptr);
}

TEST(answer_cache, keeps_no_more_bytes_than_so_many) {
  answer_cache cache;
  std::string const half(answer_cache::max_size / 2, 'x');
  for (auto const* const asked : {"a", "b", "a", "b"}) {
    EXPECT_EQ(*cache.keep(asked, {.text = half}), half);
  }
  EXPECT_NE(cache.find("a"), nullptr);
  EXPECT_NE(cache.find("b"), nullptr);
  cache.keep("c", {.text = "x"});
  EXPECT_EQ(cache.find("a"), nullptr);
  EXPECT_EQ(cache.find("b"), nullptr);
  cache.keep("a", {.text = half});
  EXPECT_NE(cache.find("c"), nullptr);
}

TEST(answer_cache, finds_the_last_answer) {
  answer_cache cache;
  EXPECT_EQ(cache.find("a"), nullptr);
  for (auto const* const text : {"old", "new"}) {
    cache.keep("a", {.text = text});
    EXPECT_EQ(cache.find("a")->text, text);
  }
  EXPECT_EQ(cache.find("b"), nullptr);
}

TEST(written_answer, is_right_when_it_was_begun_since_the_last_change) {
  written_answer const answer{.text = "text", .revision = 7};
  EXPECT_TRUE(answer.is_right(7));
  EXPECT_TRUE(answer.is_right(6));
  EXPECT_FALSE(answer.is_right(8));
}

TEST(answer_cache, holds_for_lifetimes_without_end) {
  constexpr std::chrono::nanoseconds ever{std::numeric_limits<std::int64_t>::max()};
  world here{{.inactive_producer_timeout = ever, .tombstone_lifetime = ever}, {}};
  here.add_to("t", "a");
  here.db.tombstone("t", "a:4151", here.now);
  auto const before = ask(here, "/nodes");
  here.now += std::chrono::years{100};
  EXPECT_EQ(ask(here, "/nodes"), before);
}

TEST(answer_cache, is_not_kept_when_it_changed_while_it_was_written) {
  world here;
  for (int count = 0; count < 3000; ++count) {
    here.db.create_topic("topic-" + std::to_string(count));
  }
  auto const rest = here.begin("/topics");
  here.db.delete_topic("topic-0");
  finish(*rest, 1000);
  EXPECT_EQ(here.get("/topics").body.find("topic-0\""), std::string::npos);
}

TEST(answer_cache, is_not_kept_when_it_is_very_long) {
  world here;
  // 62 bytes each: more than 16 MiB.
  std::string const prefix(55, 't');
  for (int count = 0; count < 300'000; ++count) {
    here.db.create_topic(prefix + std::to_string(1'000'000 + count));
  }
  auto const whole = here.whole_reply({"GET", "/topics"}).body;
  EXPECT_EQ(whole.shared, nullptr);
  EXPECT_EQ(whole.size(), 300'000 * (62 + 3) - 1 + std::string{R"({"topics":[]})"}.size());
  ASSERT_EQ(whole.more.size(), 1U);
  EXPECT_TRUE(whole.text.starts_with(R"({"topics":["tt)"));
  EXPECT_TRUE(whole.more.front().ends_with(R"(1299999"]})"));
  auto const seam = (whole.text + whole.more.front()).substr(whole.text.size() - 200, 400);
  EXPECT_EQ(seam.find(",,"), std::string::npos);
  EXPECT_EQ(seam.find("\"\""), std::string::npos);
}

// After each change, a client gets the answer that the first client to ask would get.
TEST(answer_cache, is_never_out_of_date) {
  std::mt19937 random{20261123};
  auto const pick = [&random](int below) {
    return std::uniform_int_distribution<int>{0, below - 1}(random);
  };
  world here{{.inactive_producer_timeout = 30s, .tombstone_lifetime = 10s}, {}};
  std::vector<registry::producer_id> producers;
  std::array<std::string, 4> const topics{"a", "b", "c#ephemeral", "d"};
  auto const topic = [&]() -> std::string const& { return topics[std::size_t(pick(4))]; };
  for (int step = 0; step < 4000; ++step) {
    auto const choice = pick(12);
    if (choice == 0 || producers.empty()) {
      producers.push_back(here.add("host" + std::to_string(pick(3))));
    }
    auto const at = producers.begin() + pick(static_cast<int>(producers.size()));
    switch (choice) {
      case 1:
        here.db.remove_producer(*at);
        producers.erase(at);
        break;
      case 2:
      case 3:
        here.db.register_producer(*at, topic(), pick(2) == 0 ? "" : "channel");
        break;
      case 4:
        here.db.unregister_topic(*at, topic());
        break;
      case 5:
        here.db.ping(*at, here.now);
        break;
      case 6:
        here.db.tombstone(topic(), "host" + std::to_string(pick(3)) + ":4151", here.now);
        break;
      case 7:
        here.db.delete_topic(topic());
        break;
      case 8:
        here.db.reclaim(static_cast<std::size_t>(pick(4)));
        break;
      case 9:
        here.db.create_channel(topic(), "made");
        break;
      case 10:
        here.db.delete_channel(topic(), "made");
        break;
      default:
        here.now += std::chrono::seconds{pick(20) - 4};
    }
    for (auto const target : {"/nodes", "/topics", "/lookup?topic=a", "/lookup?topic=c%23ephemeral",
                              "/lookup?topic=d"}) {
      here.get(target);
      auto const cached = here.get(target).body;
      answer_cache none;
      std::swap(here.cache, none);
      ASSERT_EQ(cached, here.get(target).body) << target << " after step " << step;
      std::swap(here.cache, none);
    }
  }
}

}  // namespace
}  // namespace nsqlookupd::http_api
