// SPDX-License-Identifier: MIT
#include "client_under_test.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace nsqlookupd::etcd::test {
namespace {

using std::chrono::seconds;
using test_support::etcd_process;

class etcd_lease : public testing::Test {
 protected:
  std::int64_t grant(seconds ttl) {
    return under_test.wait(under_test.client.grant_lease(ttl)).value();
  }

  etcd_process etcd;
  client_under_test under_test{etcd};
};

TEST_F(etcd_lease, is_granted_and_prolonged) {
  auto const lease = grant(seconds{60});
  EXPECT_EQ(under_test.wait(under_test.client.keep_alive(lease)).value(), seconds{60});
  under_test.commit({operation::put("a", "1", lease)});
  EXPECT_EQ(under_test.range("a", {}).entries.at(0).lease, lease);
}

TEST_F(etcd_lease, is_not_found_once_it_is_revoked) {
  auto const lease = grant(seconds{60});
  under_test.commit({operation::put("a", "1", lease), operation::put("b", "2")});
  EXPECT_TRUE(under_test.wait(under_test.client.revoke_lease(lease)));
  EXPECT_EQ(under_test.get("a"), std::nullopt);
  EXPECT_EQ(under_test.get("b"), "2");
  EXPECT_EQ(under_test.error_of(under_test.client.keep_alive(lease)), errc::lease_not_found);
  EXPECT_EQ(under_test.error_of(under_test.client.revoke_lease(lease)), errc::lease_not_found);
  std::vector<operation> one;
  one.push_back(operation::put("a", "1", lease));
  EXPECT_EQ(under_test.error_of(under_test.client.commit(std::move(one))), errc::lease_not_found);
}

TEST_F(etcd_lease, ends_with_its_keys) {
  auto const lease = grant(seconds{1});
  auto const revision = under_test.commit({operation::put("a", "1", lease)});
  auto const watch = under_test.open_watch("a", revision + 1);
  auto const events = under_test.next_events(*watch);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_TRUE(events[0].is_removal);
  EXPECT_EQ(events[0].entry.key, "a");
  EXPECT_EQ(under_test.error_of(under_test.client.keep_alive(lease)), errc::lease_not_found);
}

}  // namespace
}  // namespace nsqlookupd::etcd::test
