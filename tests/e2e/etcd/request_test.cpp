// SPDX-License-Identifier: MIT
#include "client_under_test.hpp"
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nsqlookupd::etcd::test {
namespace {

using test_support::etcd_process;

class etcd_request_test : public testing::Test {
 protected:
  etcd_process etcd;
  client_under_test under_test{etcd};
};

TEST_F(etcd_request_test, finds_etcd_new_enough) {
  EXPECT_TRUE(under_test.wait(under_test.client.check_version()));
  EXPECT_EQ(under_test.attempts, (std::vector<std::string>{"version ok"}));
}

TEST_F(etcd_request_test, puts_gets_and_removes) {
  auto const first = under_test.put("/a/1", std::string{"\0\xff", 2});
  auto const second = under_test.commit({operation::put("/a/2", ""), operation::put("/b", "b")});
  EXPECT_GT(second, first);
  auto const all = under_test.range("/a/", end_of_prefix("/a/"));
  EXPECT_EQ(all.revision, second);
  EXPECT_FALSE(all.more);
  EXPECT_EQ(all.entries,
            (std::vector<key_value>{{"/a/1", std::string{"\0\xff", 2}, first, first, 0},
                                    {"/a/2", "", second, second, 0}}));
  under_test.commit({operation::remove_prefix("/a/"), operation::put("/c", "c")});
  EXPECT_EQ(under_test.get("/a/1"), std::nullopt);
  EXPECT_EQ(under_test.get("/b"), "b");
  under_test.commit({operation::remove("/b"), operation::remove_prefix("/c")});
  EXPECT_TRUE(under_test.range("/", "0").entries.empty());
  EXPECT_EQ(under_test.client.last_failure(), "");
}

TEST_F(etcd_request_test, commits_nothing) {
  auto const revision = under_test.put("a", "1");
  EXPECT_EQ(under_test.commit({}), revision);
}

TEST_F(etcd_request_test, commits_in_order_what_is_about_one_key) {
  under_test.commit({operation::put("a", "1"), operation::put("a", "2"), operation::remove("a"),
                     operation::put("a", "3"), operation::remove_prefix("a"),
                     operation::put("a", "4")});
  EXPECT_EQ(under_test.get("a"), "4");
}

TEST_F(etcd_request_test, commits_more_than_a_transaction_may_have) {
  std::vector<operation> operations;
  for (int index = 1000; index < 1300; ++index) {
    operations.push_back(operation::put("k" + std::to_string(index), std::to_string(index)));
  }
  auto const revision = under_test.commit(std::move(operations));
  auto const all = under_test.range("k", "l");
  EXPECT_EQ(all.revision, revision);
  ASSERT_EQ(all.entries.size(), 300U);
  EXPECT_EQ(all.entries.back().value, "1299");
  EXPECT_EQ(under_test.attempts.size(), 4U);
}

TEST_F(etcd_request_test, takes_large_values) {
  std::string const large(std::size_t{600} << 10U, 'x');
  under_test.commit(
      {operation::put("a", large), operation::put("b", large), operation::put("c", large)});
  auto const all = under_test.range("a", "d");
  ASSERT_EQ(all.entries.size(), 3U);
  EXPECT_EQ(all.entries.front().value, large);
  EXPECT_EQ(all.entries.back().value, large);
}

TEST_F(etcd_request_test, refuses_values_that_etcd_refuses) {
  std::vector<operation> one;
  one.push_back(operation::put("a", std::string(std::size_t{1700} << 10U, 'x')));
  EXPECT_EQ(under_test.error_of(under_test.client.commit(std::move(one))), errc::rejected);
  EXPECT_EQ(under_test.client.last_failure(), etcd.url() + ": etcdserver: request is too large");
  EXPECT_EQ(under_test.attempts, (std::vector<std::string>{"txn rejected"}));
}

TEST_F(etcd_request_test, reads_pages_at_one_revision) {
  std::vector<operation> operations;
  for (int index = 0; index < 10; ++index) {
    operations.push_back(operation::put("k" + std::to_string(index), "old"));
  }
  under_test.commit(std::move(operations));
  auto all = under_test.range("k", "l", 4);
  auto const revision = all.revision;
  under_test.commit({operation::put("k5", "new"), operation::remove("k9")});
  while (all.more) {
    auto next = under_test.range(all.entries.back().key + '\0', "l", 4, revision);
    all.entries.insert(all.entries.end(), next.entries.begin(), next.entries.end());
    all.more = next.more;
  }
  ASSERT_EQ(all.entries.size(), 10U);
  EXPECT_EQ(all.entries[5].value, "old");
  EXPECT_EQ(all.entries[9].key, "k9");
}

TEST_F(etcd_request_test, knows_revisions_that_are_gone_or_to_come) {
  under_test.put("a", "1");
  auto const revision = under_test.put("a", "2");
  compact(etcd, revision);
  EXPECT_EQ(under_test.error_of(under_test.client.range("a", "b", 0, revision - 1)),
            errc::compacted);
  EXPECT_EQ(under_test.error_of(under_test.client.range("a", "b", 0, revision + 1)),
            errc::future_revision);
}

TEST_F(etcd_request_test, puts_if_there_is_none) {
  EXPECT_TRUE(under_test.wait(under_test.client.put_if_absent(operation::put("a", "1"))));
  EXPECT_EQ(under_test.get("a"), "1");
  EXPECT_TRUE(under_test.wait(under_test.client.put_if_absent(operation::put("a", "2"))));
  EXPECT_EQ(under_test.get("a"), "1");
}

TEST_F(etcd_request_test, runs_side_by_side_and_uses_connections_again) {
  std::vector<std::shared_ptr<pending<result<std::int64_t>>>> started;
  for (int index = 0; index < 20; ++index) {
    std::vector<operation> one;
    one.push_back(operation::put("k" + std::to_string(index), std::string(100'000, 'x')));
    started.push_back(under_test.start(under_test.client.commit(std::move(one))));
  }
  for (auto const& commit : started) {
    EXPECT_TRUE(under_test.wait(commit));
  }
  EXPECT_EQ(under_test.range("k", "l").entries.size(), 20U);
}

}  // namespace
}  // namespace nsqlookupd::etcd::test
