// SPDX-License-Identifier: MIT
#include "client_under_test.hpp"
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nsqlookupd::etcd::test {
namespace {

using test_support::etcd_options;
using test_support::etcd_process;

event put_event(std::string key, std::string value, std::int64_t created, std::int64_t revision) {
  return {false, {std::move(key), std::move(value), created, revision, 0}};
}

event removal_event(std::string key, std::int64_t revision) {
  return {true, {std::move(key), {}, 0, revision, 0}};
}

class etcd_watch_test : public testing::Test {
 protected:
  boost::system::error_code next_error(etcd::watch& watch) {
    return under_test.error_of(watch.next());
  }

  boost::system::error_code open_error(std::int64_t from_revision) {
    return under_test.error_of(under_test.client.open_watch("/a/", from_revision));
  }

  etcd_process etcd{
      etcd_options{.arguments = {"--experimental-watch-progress-notify-interval=200ms"}}};
  client_under_test under_test{etcd};
};

TEST_F(etcd_watch_test, tells_of_changes_in_their_order) {
  auto const watch = under_test.open_watch("/a/", 0);
  auto const first = under_test.put("/a/1", "x");
  under_test.put("/b/1", "not watched");
  auto const second = under_test.commit(
      {operation::put("/a/1", "y"), operation::put("/a/2", "z"), operation::remove("/c")});
  auto const third = under_test.commit({operation::remove_prefix("/a/")});
  EXPECT_EQ(under_test.next_events(*watch),
            (std::vector<event>{put_event("/a/1", "x", first, first)}));
  EXPECT_EQ(under_test.next_events(*watch),
            (std::vector<event>{put_event("/a/1", "y", first, second),
                                put_event("/a/2", "z", second, second)}));
  EXPECT_EQ(under_test.next_events(*watch),
            (std::vector<event>{removal_event("/a/1", third), removal_event("/a/2", third)}));
}

TEST_F(etcd_watch_test, goes_on_from_a_revision) {
  std::int64_t last = 0;
  for (int index = 0; index < 20; ++index) {
    last = under_test.put("/a/key", std::to_string(index));
  }
  auto revision = last - 9;
  auto watch = under_test.open_watch("/a/", revision);
  std::vector<std::string> values;
  while (revision <= last) {
    auto const news = under_test.wait(watch->next()).value();
    for (auto const& change : news.events) {
      values.push_back(change.entry.value);
    }
    revision = news.revision + 1;
  }
  EXPECT_EQ(values,
            (std::vector<std::string>{"10", "11", "12", "13", "14", "15", "16", "17", "18", "19"}));
}

TEST_F(etcd_watch_test, tells_of_progress_without_events) {
  auto const watch = under_test.open_watch("/a/", 0);
  auto const revision = under_test.put("/b", "not watched");
  while (true) {
    auto const news = under_test.wait(watch->next()).value();
    ASSERT_TRUE(news.events.empty());
    if (news.revision == revision) {
      break;
    }
  }
}

TEST_F(etcd_watch_test, joins_what_comes_in_fragments) {
  std::string const large(std::size_t{700} << 10U, 'x');
  auto const first = under_test.put("/a/1", large);
  for (int index = 2; index < 8; ++index) {
    under_test.put("/a/" + std::to_string(index), large);
  }
  auto const watch = under_test.open_watch("/a/", first);
  std::size_t count = 0;
  while (count < 7) {
    for (auto const& change : under_test.next_events(*watch)) {
      EXPECT_EQ(change.entry.value.size(), large.size());
      ++count;
      EXPECT_EQ(change.entry.key, "/a/" + std::to_string(count));
    }
  }
}

TEST_F(etcd_watch_test, ends_when_its_revision_is_gone) {
  auto const first = under_test.put("/a/1", "x");
  auto const second = under_test.put("/a/1", "y");
  compact(etcd, second);
  auto const watch = under_test.wait(under_test.client.open_watch("/a/", first));
  EXPECT_EQ(watch ? next_error(**watch) : watch.error(), errc::compacted);
  EXPECT_EQ(under_test.client.last_failure(),
            etcd.url() + ": etcd has compacted the revision of the watch");
}

TEST_F(etcd_watch_test, ends_with_etcd_and_goes_on_with_the_next) {
  auto watch = under_test.open_watch("/a/", 0);
  auto const revision = under_test.put("/a/1", "x");
  under_test.next_events(*watch);
  auto const waiting = under_test.start(watch->next());
  etcd.kill();
  EXPECT_EQ(under_test.wait(waiting).error(), errc::unreachable);
  EXPECT_EQ(open_error(revision + 1), errc::unreachable);
  etcd.restart();
  watch = under_test.open_watch("/a/", revision + 1);
  auto const next = under_test.put("/a/1", "y");
  EXPECT_EQ(under_test.next_events(*watch),
            (std::vector<event>{put_event("/a/1", "y", revision, next)}));
}

TEST_F(etcd_watch_test, is_refused_by_an_etcd_that_has_lost_its_data) {
  std::int64_t revision = 0;
  for (int index = 0; index < 5; ++index) {
    revision = under_test.put("/a/1", "x");
  }
  EXPECT_FALSE(open_error(revision + 1));
  EXPECT_EQ(open_error(revision + 2), errc::future_revision);
  etcd.wipe();
  EXPECT_EQ(open_error(revision + 1), errc::future_revision);
  EXPECT_FALSE(open_error(0));
}

TEST_F(etcd_watch_test, does_not_hold_up_requests) {
  auto const watch = under_test.open_watch("/b/", 0);
  auto const waiting = under_test.start(watch->next());
  EXPECT_GT(under_test.put("/a/1", "x"), 0);
  under_test.put("/b/1", "x");
  EXPECT_TRUE(under_test.wait(waiting));
}

}  // namespace
}  // namespace nsqlookupd::etcd::test
