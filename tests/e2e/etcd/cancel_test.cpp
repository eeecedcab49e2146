// SPDX-License-Identifier: MIT
#include "client_under_test.hpp"
#include "foreign_server.hpp"
#include <boost/asio/error.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace nsqlookupd::etcd::test {
namespace {

using boost::asio::error::operation_aborted;
using test_support::etcd_process;

TEST(etcd_cancel, ends_a_watch_that_waits) {
  etcd_process const etcd;
  client_under_test under_test{etcd};
  auto const watch = under_test.open_watch("a", 0);
  auto const waiting = under_test.start(watch->next());
  under_test.put("b", "1");
  watch->cancel();
  watch->cancel();
  EXPECT_EQ(under_test.wait(waiting).error(), operation_aborted);
  EXPECT_EQ(under_test.error_of(watch->next()), operation_aborted);
  EXPECT_EQ(under_test.get("b"), "1");
}

TEST(etcd_cancel, ends_a_watch_that_is_destroyed) {
  etcd_process const etcd;
  client_under_test under_test{etcd};
  auto watch = under_test.open_watch("a", 0);
  auto const waiting = under_test.start(watch->next());
  under_test.put("b", "1");
  watch.reset();
  EXPECT_EQ(under_test.wait(waiting).error(), operation_aborted);
}

TEST(etcd_cancel, ends_all_that_waits_and_nothing_later) {
  etcd_process const etcd;
  client_under_test under_test{etcd};
  auto const watch = under_test.open_watch("a", 0);
  auto const waiting = under_test.start(watch->next());
  etcd.pause();
  auto const first = under_test.start(under_test.client.grant_lease(std::chrono::seconds{60}));
  auto const second = under_test.start(under_test.client.commit({}));
  auto const third = under_test.start(under_test.client.open_watch("b", 0));
  // Until all of them have begun to wait.
  under_test.run_ready();
  under_test.client.cancel();
  EXPECT_EQ(under_test.wait(waiting).error(), operation_aborted);
  EXPECT_EQ(under_test.wait(first).error(), operation_aborted);
  EXPECT_EQ(under_test.wait(second).error(), operation_aborted);
  EXPECT_EQ(under_test.wait(third).error(), operation_aborted);
  EXPECT_EQ(under_test.client.last_failure(), "");
  EXPECT_EQ(under_test.attempts.back(), "watch cancelled");
  etcd.resume();
  EXPECT_GT(under_test.put("b", "1"), 0);
}

TEST(etcd_cancel, comes_with_the_end_of_a_client) {
  event_loop loop;
  foreign_server const silent{loop.io, {}};
  std::optional<client> client{std::in_place, loop.io, settings_for({silent.url()})};
  auto const asked = loop.start(client->check_version());
  auto const committed = loop.start(client->commit({}));
  auto const opened = loop.start(client->open_watch("a", 0));
  loop.run_until([&] { return silent.connections() == 3; });
  client.reset();
  EXPECT_EQ(loop.wait(asked).error(), operation_aborted);
  EXPECT_EQ(loop.wait(committed).error(), operation_aborted);
  EXPECT_EQ(loop.wait(opened).error(), operation_aborted);
}

TEST(etcd_cancel, is_not_needed_before_the_event_loop_ends) {
  std::optional<event_loop> loop{std::in_place};
  std::optional<foreign_server> silent{std::in_place, loop->io, std::string{}};
  std::optional<client> client{std::in_place, loop->io, settings_for({silent->url()})};
  auto const asked = loop->start(client->check_version());
  loop->run_until([&] { return silent->connections() >= 1; });
  client.reset();
  silent.reset();
  loop.reset();
  EXPECT_FALSE(asked->is_over());
}

}  // namespace
}  // namespace nsqlookupd::etcd::test
