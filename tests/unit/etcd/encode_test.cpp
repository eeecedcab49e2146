// SPDX-License-Identifier: MIT
#include "gateway.hpp"
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace nsqlookupd::etcd {
namespace {

using transactions = std::vector<std::string>;

transactions encode_all(std::vector<operation> const& operations) {
  transactions all;
  std::span<operation const> rest{operations};
  do {
    all.push_back(encode_transaction(rest));
  } while (!rest.empty());
  return all;
}

std::size_t count_operations(std::string const& transaction) {
  return boost::json::parse(transaction).at("success").as_array().size();
}

TEST(etcd_encode, a_user_with_any_password) {
  EXPECT_EQ(encode_authenticate("joe", "p\"w\\\n"), R"({"name":"joe","password":"p\"w\\\n"})");
}

TEST(etcd_encode, leases_as_texts_of_64_bits) {
  EXPECT_EQ(encode_grant(std::chrono::seconds{60}), R"({"TTL":"60"})");
  EXPECT_EQ(encode_lease(std::numeric_limits<std::int64_t>::max()),
            R"({"ID":"9223372036854775807"})");
}

TEST(etcd_encode, ranges) {
  EXPECT_EQ(encode_range("a", "b", 10, 7),
            R"({"key":"YQ==","range_end":"Yg==","limit":"10","revision":"7"})");
  EXPECT_EQ(encode_range("a", "", 0, 0), R"({"key":"YQ==","limit":"0","revision":"0"})");
}

TEST(etcd_encode, a_watch_with_progress_and_fragments) {
  EXPECT_EQ(encode_watch("a", "b", 9),
            R"({"create_request":{"key":"YQ==","range_end":"Yg==","start_revision":"9",)"
            R"("progress_notify":true,"fragment":true}})");
}

TEST(etcd_encode, a_put_if_there_is_none) {
  EXPECT_EQ(encode_put_if_absent(operation::put("a", "1", 5)),
            R"({"compare":[{"target":"CREATE","create_revision":"0","key":"YQ=="}],)"
            R"("success":[{"request_put":{"key":"YQ==","value":"MQ==","lease":"5"}}]})");
}

TEST(etcd_encode, each_kind_of_operation) {
  auto const all =
      encode_all({operation::put("a", "1"), operation::put("b", "", 5), operation::remove("c"),
                  operation::remove_prefix("d"), operation::remove_prefix("f")});
  EXPECT_EQ(all, (transactions{R"({"success":[{"request_put":{"key":"YQ==","value":"MQ=="}},)"
                               R"({"request_put":{"key":"Yg==","value":"","lease":"5"}},)"
                               R"({"request_delete_range":{"key":"Yw=="}},)"
                               R"({"request_delete_range":{"key":"ZA==","range_end":"ZQ=="}},)"
                               R"({"request_delete_range":{"key":"Zg==","range_end":"Zw=="}}]})"}));
}

TEST(etcd_encode, nothing_as_an_empty_transaction) {
  EXPECT_EQ(encode_all({}), (transactions{R"({"success":[]})"}));
}

TEST(etcd_encode, at_most_128_operations_a_transaction) {
  std::vector<operation> operations;
  for (int index = 0; index < 300; ++index) {
    operations.push_back(operation::put("key-" + std::to_string(index), "value"));
  }
  auto const all = encode_all(operations);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(count_operations(all[0]), 128U);
  EXPECT_EQ(count_operations(all[1]), 128U);
  EXPECT_EQ(count_operations(all[2]), 44U);
}

TEST(etcd_encode, at_most_a_mebibyte_a_transaction_unless_one_alone_is_larger) {
  std::string const third(std::size_t{300} << 10U, 'x');
  std::string const large(std::size_t{1} << 20U, 'x');
  auto const all =
      encode_all({operation::put("a", third), operation::put("b", third),
                  operation::put("c", third), operation::put("d", large), operation::put("e", "")});
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(count_operations(all[0]), 2U);
  EXPECT_LE(all[0].size(), max_transaction_size);
  EXPECT_EQ(count_operations(all[1]), 1U);
  EXPECT_EQ(count_operations(all[2]), 1U);
  EXPECT_GT(all[2].size(), max_transaction_size);
  EXPECT_EQ(count_operations(all[3]), 1U);
}

TEST(etcd_encode, another_transaction_for_a_key_that_is_in_one) {
  EXPECT_EQ(encode_all({operation::put("a", "1"), operation::put("a", "2")}).size(), 2U);
  EXPECT_EQ(encode_all({operation::put("a", "1"), operation::remove("a")}).size(), 2U);
  EXPECT_EQ(encode_all({operation::remove("a"), operation::put("a", "1")}).size(), 2U);
  EXPECT_EQ(encode_all({operation::put("ab", "1"), operation::remove_prefix("a")}).size(), 2U);
  EXPECT_EQ(encode_all({operation::remove_prefix("a"), operation::put("ab", "1")}).size(), 2U);
  EXPECT_EQ(encode_all({operation::remove_prefix(""), operation::put("ab", "1")}).size(), 2U);
}

TEST(etcd_encode, one_transaction_for_keys_that_do_not_touch) {
  EXPECT_EQ(encode_all({operation::remove("a"), operation::remove("a")}).size(), 1U);
  EXPECT_EQ(encode_all({operation::put("a", "1"), operation::remove("b")}).size(), 1U);
  EXPECT_EQ(encode_all({operation::put("b", "1"), operation::remove_prefix("a")}).size(), 1U);
  EXPECT_EQ(encode_all({operation::remove_prefix("a"), operation::put("b", "1")}).size(), 1U);
}

TEST(etcd_encode, the_end_of_a_prefix) {
  EXPECT_EQ(end_of_prefix("/a/"), "/a0");
  EXPECT_EQ(end_of_prefix("a\xff\xff"), "b");
  EXPECT_EQ(end_of_prefix("\xff"), (std::string{"\0", 1}));
  EXPECT_EQ(end_of_prefix(""), (std::string{"\0", 1}));
}

}  // namespace
}  // namespace nsqlookupd::etcd
