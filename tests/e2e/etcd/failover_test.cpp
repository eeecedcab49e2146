// SPDX-License-Identifier: MIT
#include "client_under_test.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace nsqlookupd::etcd::test {
namespace {

using std::chrono::milliseconds;
using test_support::etcd_process;

etcd::settings settings_with_time_out(std::vector<std::string> const& urls, milliseconds limit) {
  auto settings = settings_for(urls);
  settings.request_timeout = limit;
  return settings;
}

TEST(etcd_failover, leaves_an_endpoint_that_is_dead) {
  etcd_process dead;
  etcd_process const alive;
  dead.kill();
  client_under_test under_test{settings_for({dead.url(), alive.url()})};
  under_test.put("a", "1");
  EXPECT_EQ(under_test.get("a"), "1");
  EXPECT_EQ(under_test.attempts,
            (std::vector<std::string>{"txn unreachable", "txn ok", "range ok"}));
  EXPECT_EQ(under_test.client.last_failure(), dead.url() + ": Connection refused");
  EXPECT_TRUE(under_test.wait(under_test.client.open_watch("a", 0)));
}

TEST(etcd_failover, goes_around_once) {
  etcd_process first;
  etcd_process second;
  first.kill();
  second.kill();
  client_under_test under_test{settings_for({first.url(), second.url()})};
  EXPECT_EQ(under_test.error_of(under_test.client.check_version()), errc::unreachable);
  EXPECT_EQ(under_test.attempts.size(), 2U);
  second.restart();
  EXPECT_TRUE(under_test.wait(under_test.client.check_version()));
}

TEST(etcd_failover, does_not_notice_a_restart_between_two_requests) {
  etcd_process etcd;
  client_under_test under_test{etcd};
  under_test.put("a", "1");
  etcd.restart();
  EXPECT_EQ(under_test.get("a"), "1");
  EXPECT_EQ(under_test.client.last_failure(), "");
}

TEST(etcd_failover, leaves_an_endpoint_that_hangs) {
  etcd_process const hanging;
  etcd_process const alive;
  hanging.pause();
  client_under_test stuck{settings_with_time_out({hanging.url()}, milliseconds{200})};
  client_under_test under_test{
      settings_with_time_out({hanging.url(), alive.url()}, milliseconds{1000})};
  EXPECT_EQ(stuck.error_of(stuck.client.check_version()), errc::timed_out);
  EXPECT_EQ(stuck.client.last_failure(), hanging.url() + ": etcd did not answer in time");
  EXPECT_GT(under_test.put("a", "1"), 0);
  EXPECT_EQ(under_test.attempts, (std::vector<std::string>{"txn timed_out", "txn ok"}));
}

TEST(etcd_failover, lets_others_go_on_while_one_waits) {
  etcd_process const etcd;
  client_under_test under_test{etcd};
  under_test.put("a", "1");
  etcd.pause();
  auto const stuck = under_test.start(under_test.client.commit({}));
  under_test.run_ready();
  etcd_process const alive;
  client other{under_test.io, settings_for({alive.url()})};
  EXPECT_TRUE(under_test.wait(other.check_version()));
  EXPECT_FALSE(stuck->is_over());
  etcd.resume();
  EXPECT_TRUE(under_test.wait(stuck));
}

TEST(etcd_failover, stays_with_a_cluster_that_loses_its_leader) {
  etcd_process etcd{{.nodes = 3}};
  client_under_test under_test{etcd};
  under_test.put("a", "1");
  auto const leader = etcd.leader();
  ASSERT_TRUE(leader);
  etcd.kill(*leader);
  // etcd elects another one meanwhile.
  auto const until = test_support::give_up_at();
  result<std::int64_t> put = errc::unavailable;
  while (!put && std::chrono::steady_clock::now() < until) {
    put = under_test.wait(under_test.client.commit({operation::put("a", "2")}));
  }
  ASSERT_TRUE(put);
  EXPECT_EQ(under_test.get("a"), "2");
  etcd.restart(*leader);
  EXPECT_EQ(under_test.get("a"), "2");
}

TEST(etcd_failover, tells_of_a_cluster_without_a_majority) {
  etcd_process etcd{{.nodes = 3}};
  client_under_test under_test{settings_with_time_out(etcd.urls(), milliseconds{300})};
  etcd.kill(0);
  etcd.kill(1);
  auto const error = under_test.error_of(under_test.client.commit({operation::put("a", "1")}));
  EXPECT_TRUE(is_fault_of_endpoint(error)) << error.message();
  etcd.restart(0);
  client_under_test later{etcd};
  EXPECT_GT(later.put("a", "2"), 0);
}

#ifdef MACHINE_KNOWS_LOCALHOST
TEST(etcd_failover, tries_each_address_of_a_name) {
  etcd_process const etcd;
  // ::1 may be the first of them, where nobody listens.
  client_under_test under_test{settings_for({"http://localhost:" + std::to_string(etcd.port())})};
  EXPECT_TRUE(under_test.wait(under_test.client.check_version()));
}
#endif

}  // namespace
}  // namespace nsqlookupd::etcd::test
