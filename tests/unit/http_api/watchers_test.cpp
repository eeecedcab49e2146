// SPDX-License-Identifier: MIT
//
// The watchers that a change wakes, and their order.
#include <nsqlookupd/http_api/watchers.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace nsqlookupd::http_api {
namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

registry::time_point at(int seconds) {
  return registry::time_point{std::chrono::seconds{seconds}};
}

struct watchers_test : testing::Test {
  // Notes its name when it is woken.
  struct named_watcher final : watcher {
    named_watcher(watchers_test& test, std::string own_name)
        : here{test}, name{std::move(own_name)} {}
    ~named_watcher() override { here.waiting.remove(*this); }
    void wake(registry::time_point when) noexcept override {
      here.woken.push_back(name);
      here.woken_for = when;
    }

    watchers_test& here;
    std::string name;
  };

  // One that waits for these keys, and is named after the first.
  std::unique_ptr<named_watcher> add_watcher(strings const& keys, std::string name = {}) {
    auto fresh = std::make_unique<named_watcher>(*this, name.empty() ? keys.front() : name);
    EXPECT_TRUE(waiting.add(*fresh, keys));
    return fresh;
  }

  strings wake(std::size_t count = 1000) {
    woken.clear();
    static_cast<void>(waiting.wake_some(count));
    return woken;
  }

  // The names of those that a change wakes, sorted.
  std::set<std::string> woken_by(std::function<void()> const& change) {
    change();
    auto const all = wake();
    return {all.begin(), all.end()};
  }

  registry::producer_id add(std::string const& address) {
    registry::peer_info peer;
    peer.remote_address = address;
    peer.broadcast_address = address;
    peer.http_port = 1;
    return db.add_producer(std::move(peer), at(0));
  }

  registry::registration_db db;
  watchers waiting;
  strings woken;
  registry::time_point woken_for;

  watchers_test() { db.follow(waiting); }
};

TEST_F(watchers_test, nobody_is_due_at_first) {
  EXPECT_FALSE(waiting.are_due());
  EXPECT_FALSE(waiting.wake_some(10));
  auto const one = add_watcher({"t"});
  EXPECT_EQ(waiting.size(), 1U);
  EXPECT_FALSE(waiting.are_due());
  EXPECT_EQ(wake(), strings{});
}

TEST_F(watchers_test, are_woken_by_their_keys) {
  using names = std::set<std::string>;
  auto const t = add_watcher({"t"});
  auto const u = add_watcher({"u"});
  auto const any = add_watcher({"*"});
  auto const topics = add_watcher({"/topics"});
  auto const nodes = add_watcher({"/nodes"});
  registry::producer_id a{};
  registry::producer_id b{};
  struct {
    std::string_view label;
    std::function<void()> change;
    names woken;
  } const cases[] = {
      {"IDENTIFY", [&] { a = add("a"); }, {"*", "/nodes"}},
      {"create a topic", [&] { db.create_topic("t"); }, {"*", "/topics", "t"}},
      {"create it again", [&] { db.create_topic("t"); }, {}},
      {"create a channel", [&] { db.create_channel("t", "c"); }, {"*", "t"}},
      {"REGISTER", [&] { db.register_producer(a, "t", "c"); }, {"*", "/nodes", "/topics", "t"}},
      {"PING", [&] { db.ping(a, at(1)); }, {}},
      {"REGISTER of a channel", [&] { db.register_producer(a, "t", "d"); }, {"*", "t"}},
      {"UNREGISTER of a channel", [&] { db.unregister_channel(a, "t", "d"); }, {"*"}},
      {"delete a channel", [&] { db.delete_channel("t", "d"); }, {"*", "t"}},
      {"tombstone", [&] { db.tombstone("t", "a:1", at(2)); }, {"*", "/nodes", "t"}},
      {"its end", [&] { db.advance(at(47)); }, {"*", "/nodes", "t"}},
      {"silence", [&] { db.advance(at(302)); }, {"*", "/nodes", "t"}},
      {"back", [&] { db.ping(a, at(303)); }, {"*", "/nodes", "t"}},
      {"UNREGISTER", [&] { db.unregister_topic(a, "t"); }, {"*", "/nodes", "/topics", "t"}},
      {"another",
       [&] {
         b = add("b");
         db.register_producer(b, "u", {});
       },
       {"*", "/nodes", "/topics", "u"}},
      {"it leaves", [&] { db.remove_producer(b); }, {"*", "/nodes", "/topics", "u"}},
      {"delete a topic", [&] { db.delete_topic("u"); }, {"*", "/nodes", "/topics", "u"}},
      {"reclaim", [&] { db.reclaim(1000); }, {}},
  };
  for (auto const& [label, change, expected] : cases) {
    EXPECT_EQ(woken_by(change), expected) << label;
  }
}

// A client that resumes may wait for any of them.
TEST_F(watchers_test, of_all_topics_are_woken_by_each_new_index) {
  auto const producer = add("a");
  for (int number = 0; number < 600; ++number) {
    db.register_producer(producer, std::to_string(number), {});
  }
  auto const any = add_watcher({"*"});
  db.advance(at(301));
  EXPECT_EQ(wake(), strings{"*"});
  db.reclaim(10);
  EXPECT_EQ(wake(), strings{"*"});
  db.reclaim(1000);
  EXPECT_EQ(wake(), strings{"*"});
  db.reclaim(1000);
  EXPECT_EQ(wake(), strings{});
}

TEST_F(watchers_test, of_several_keys_are_woken_by_each) {
  auto const both = add_watcher({"t", "u"});
  db.create_topic("t");
  EXPECT_EQ(wake(), strings{"t"});
  db.create_topic("u");
  EXPECT_EQ(wake(), strings{"t"});
  db.create_topic("v");
  EXPECT_EQ(wake(), strings{});
}

TEST_F(watchers_test, are_woken_once_for_many_changes) {
  auto const one = add_watcher({"t"});
  db.create_topic("t");
  db.create_channel("t", "c");
  db.delete_topic("t");
  EXPECT_EQ(wake(), strings{"t"});
  EXPECT_EQ(wake(), strings{});
  // It waits for the next.
  db.create_topic("t");
  EXPECT_EQ(wake(), strings{"t"});
}

TEST_F(watchers_test, are_woken_in_the_order_of_the_changes) {
  auto const first = add_watcher({"a"}, "1");
  auto const second = add_watcher({"b"}, "2");
  auto const third = add_watcher({"a"}, "3");
  db.create_topic("b");
  db.create_topic("a");
  EXPECT_EQ(wake(), (strings{"2", "1", "3"}));
}

TEST_F(watchers_test, are_woken_bit_by_bit) {
  std::vector<std::unique_ptr<named_watcher>> all;
  for (int number = 0; number < 10; ++number) {
    all.push_back(add_watcher({"t"}, std::to_string(number)));
  }
  db.create_topic("t");
  EXPECT_TRUE(waiting.are_due());
  EXPECT_EQ(wake(4), (strings{"0", "1", "2", "3"}));
  EXPECT_TRUE(waiting.are_due());
  EXPECT_TRUE(waiting.wake_some(0));
  EXPECT_EQ(wake(5), (strings{"4", "5", "6", "7", "8"}));
  EXPECT_FALSE(waiting.wake_some(1));
  EXPECT_EQ(woken.back(), "9");
  EXPECT_FALSE(waiting.are_due());
}

TEST_F(watchers_test, that_were_woken_have_their_turn_after_those_that_were_not) {
  auto const first = add_watcher({"t"}, "1");
  auto const second = add_watcher({"t"}, "2");
  db.create_topic("t");
  EXPECT_EQ(wake(1), strings{"1"});
  db.delete_topic("t");
  EXPECT_EQ(wake(), (strings{"2", "1"}));
}

TEST_F(watchers_test, may_be_removed_while_they_are_due) {
  auto first = add_watcher({"t", "u"}, "1");
  auto const second = add_watcher({"t"}, "2");
  db.create_topic("t");
  db.create_topic("u");
  first.reset();
  EXPECT_EQ(waiting.size(), 1U);
  EXPECT_EQ(wake(), strings{"2"});
  EXPECT_FALSE(waiting.are_due());
}

TEST_F(watchers_test, that_were_all_removed_leave_nobody_due) {
  auto only = add_watcher({"t"});
  db.create_topic("t");
  only.reset();
  EXPECT_FALSE(waiting.wake_some(1));
  EXPECT_FALSE(waiting.are_due());
  EXPECT_EQ(woken, strings{});
  EXPECT_EQ(waiting.size(), 0U);
}

TEST_F(watchers_test, may_be_removed_more_than_once_and_added_again) {
  auto const one = add_watcher({"t"});
  waiting.remove(*one);
  waiting.remove(*one);
  EXPECT_EQ(waiting.size(), 0U);
  db.create_topic("t");
  EXPECT_EQ(wake(), strings{});
  EXPECT_TRUE(waiting.add(*one, strings{"u", "v"}));
  db.delete_topic("t");
  EXPECT_EQ(wake(), strings{});
  db.create_topic("v");
  EXPECT_EQ(wake(), strings{"t"});
}

TEST_F(watchers_test, that_were_never_added_may_be_removed) {
  named_watcher const stranger{*this, "stranger"};
  EXPECT_EQ(waiting.size(), 0U);
}

TEST_F(watchers_test, are_no_more_than_so_many) {
  watchers few{2};
  struct silent final : watcher {
    void wake(registry::time_point) noexcept override {}
  } a, b, c;
  strings const keys{"t", "u"};
  EXPECT_TRUE(few.add(a, keys));
  EXPECT_TRUE(few.add(b, keys));
  EXPECT_FALSE(few.add(c, keys));
  EXPECT_EQ(few.size(), 2U);
  few.remove(c);
  EXPECT_EQ(few.size(), 2U);
  few.remove(a);
  EXPECT_TRUE(few.add(c, keys));
  few.remove(b);
  few.remove(c);
  EXPECT_EQ(few.size(), 0U);
}

TEST_F(watchers_test, of_very_many_keys_count_for_several) {
  watchers few{3};
  struct silent final : watcher {
    void wake(registry::time_point) noexcept override {}
  } a, b, c;
  EXPECT_FALSE(few.add(a, strings(3 * 16 + 1, "t")));
  EXPECT_TRUE(few.add(a, strings(16 + 1, "t")));
  EXPECT_FALSE(few.add(b, strings(16 + 1, "t")));
  EXPECT_TRUE(few.add(b, strings(16, "t")));
  EXPECT_EQ(few.size(), 2U);
  EXPECT_FALSE(few.add(c, strings{"t"}));
  few.remove(a);
  EXPECT_TRUE(few.add(c, strings(2 * 16, "t")));
  few.remove(b);
  few.remove(c);
}

TEST_F(watchers_test, are_all_marked_at_the_end) {
  auto const t = add_watcher({"t"});
  auto const nodes = add_watcher({"/nodes"});
  waiting.mark_all();
  EXPECT_TRUE(waiting.are_due());
  auto all = wake();
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()), (std::set<std::string>{"t", "/nodes"}));
}

TEST_F(watchers_test, hear_when_the_change_was_made) {
  auto const t = add_watcher({"t"});
  db.advance(at(7));
  db.create_topic("t");
  wake();
  EXPECT_EQ(woken_for, at(7));
  // The change took effect before it was made.
  registry::registration_db timed{{.empty_topic_ttl = 10s}};
  timed.follow(waiting);
  timed.advance(at(0));
  timed.create_topic("t");
  wake();
  timed.advance(at(50));
  wake();
  EXPECT_EQ(woken_for, at(10));
}

}  // namespace
}  // namespace nsqlookupd::http_api
