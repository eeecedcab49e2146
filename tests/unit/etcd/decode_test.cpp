// SPDX-License-Identifier: MIT
#include "gateway.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace nsqlookupd::etcd {
namespace {

using namespace std::string_literals;
using boost::system::error_code;

constexpr std::string_view header =
    R"("header":{"cluster_id":"3249","member_id":"9223372036854775807","revision":"9007199254740993","raft_term":"2"})";

std::string answer(std::string_view rest) {
  return '{' + std::string{header} + std::string{rest} + '}';
}

constexpr std::int64_t revision = 9007199254740993;

template <class Value>
error_code error_of(result<Value> const& decoded) {
  return decoded ? error_code{} : decoded.error();
}

// Texts that are no answers of etcd.
constexpr std::string_view garbage[]{
    "", "{", "null", "[]", "\"text\"", "<html><body>It works!</body></html>", "{}x", "{}", "\xff"};

TEST(etcd_decode, a_token) {
  EXPECT_EQ(decode_token(answer(R"(,"token":"EnyiRzuOlTMpTdHb.10")")).value(),
            "EnyiRzuOlTMpTdHb.10");
  EXPECT_EQ(error_of(decode_token(answer(""))), errc::bad_answer);
  EXPECT_EQ(error_of(decode_token(answer(R"(,"token":7)"))), errc::bad_answer);
}

TEST(etcd_decode, versions_from_3_4_on) {
  auto const error_of_version = [](std::string_view version) {
    return error_of(decode_version(R"({"etcdserver":")" + std::string{version} + "\"}"));
  };
  EXPECT_FALSE(error_of_version("3.4.23"));
  EXPECT_FALSE(error_of_version("3.4"));
  EXPECT_FALSE(error_of_version("3.10.0-rc.1"));
  EXPECT_FALSE(error_of_version("4.0.0"));
  EXPECT_EQ(error_of_version("3.3.27"), errc::too_old);
  EXPECT_EQ(error_of_version("2.4.0"), errc::too_old);
  EXPECT_EQ(error_of_version("three.four"), errc::bad_answer);
  EXPECT_EQ(error_of_version("3"), errc::bad_answer);
}

TEST(etcd_decode, leases) {
  EXPECT_EQ(decode_grant(answer(R"(,"ID":"2324035722254849286","TTL":"60")")).value(),
            2324035722254849286);
  EXPECT_EQ(error_of(decode_grant(answer(R"(,"TTL":"60")"))), errc::bad_answer);
  EXPECT_EQ(error_of(decode_grant(answer(R"(,"ID":"9223372036854775808")"))), errc::bad_answer);
  EXPECT_EQ(error_of(decode_grant(answer(R"(,"ID":1.5)"))), errc::bad_answer);
  EXPECT_EQ(decode_keep_alive(R"({"result":)" + answer(R"(,"ID":"7","TTL":"60")") + "}\n").value(),
            std::chrono::seconds{60});
  EXPECT_EQ(error_of(decode_keep_alive(R"({"result":)" + answer(R"(,"ID":"7")") + "}")),
            errc::lease_not_found);
  EXPECT_EQ(error_of(decode_keep_alive(R"({"result":)" + answer(R"(,"ID":"7","TTL":"0")") + "}")),
            errc::lease_not_found);
}

TEST(etcd_decode, transactions) {
  EXPECT_EQ(decode_revision(answer(R"(,"succeeded":true,"responses":[])")).value(), revision);
  EXPECT_EQ(decode_revision(answer("")).value(), revision);
}

TEST(etcd_decode, a_page) {
  auto const first = decode_range(answer(
      R"(,"kvs":[{"key":"YQ==","create_revision":"2","mod_revision":"9007199254740995",)"
      R"("version":"1","value":"AP8=","lease":"-5"},{"key":"Yg=="}],"more":true,"count":"3")"));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->revision, revision);
  EXPECT_TRUE(first->more);
  ASSERT_EQ(first->entries.size(), 2U);
  EXPECT_EQ(first->entries[0], (key_value{"a", "\0\xff"s, 2, 9007199254740995, -5}));
  EXPECT_EQ(first->entries[1], (key_value{"b", "", 0, 0, 0}));
  auto const empty = decode_range(answer(""));
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->entries.empty());
  EXPECT_FALSE(empty->more);
}

TEST(etcd_decode, no_page_with_broken_entries) {
  for (std::string_view const entries :
       {"{}", "7", "[7]", R"([{"key":"YQ"}])", R"([{"key":7}])", R"([{"key":"YQ==","value":"*"}])",
        R"([{"key":"YQ==","mod_revision":"x"}])", R"([{"key":"YQ==","lease":[]}])"}) {
    auto const decoded = decode_range(answer(R"(,"kvs":)" + std::string{entries}));
    EXPECT_EQ(error_of(decoded), errc::bad_answer) << entries;
  }
}

TEST(etcd_decode, garbage_as_a_bad_answer) {
  for (auto const text : garbage) {
    EXPECT_EQ(error_of(decode_token(text)), errc::bad_answer) << text;
    EXPECT_EQ(error_of(decode_version(text)), errc::bad_answer) << text;
    EXPECT_EQ(error_of(decode_grant(text)), errc::bad_answer) << text;
    EXPECT_EQ(error_of(decode_keep_alive(text)), errc::bad_answer) << text;
    EXPECT_EQ(error_of(decode_revision(text)), errc::bad_answer) << text;
    EXPECT_EQ(error_of(decode_range(text)), errc::bad_answer) << text;
    EXPECT_EQ(decode_failure(500, text).code, errc::bad_answer) << text;
    EXPECT_EQ(decode_watch(text).failure.code, errc::bad_answer) << text;
  }
}

struct refusal {
  int code;
  std::string_view message;
  errc meaning;
  bool is_of_token = false;
};

// As etcd 3.4 sends them, and by gRPC's numbers where it does not.
constexpr refusal refusals[]{
    {3, "etcdserver: authentication failed, invalid user ID or password", errc::refused},
    {3, "etcdserver: user name is empty", errc::refused, true},
    {3, "etcdserver: duplicate key given in txn request", errc::rejected},
    {4, "context deadline exceeded", errc::timed_out},
    {5, "etcdserver: requested lease not found", errc::lease_not_found},
    {5, "etcdserver: member not found", errc::rejected},
    {7, "etcdserver: permission denied", errc::refused},
    {8, "etcdserver: mvcc: database space exceeded", errc::exhausted},
    {8, "grpc: received message larger than max (2097170 vs. 2097152)", errc::rejected},
    {11, "etcdserver: mvcc: required revision has been compacted", errc::compacted},
    {11, "etcdserver: mvcc: required revision is a future revision", errc::future_revision},
    {14, "etcdserver: no leader", errc::unavailable},
    {16, "etcdserver: invalid auth token", errc::refused, true}};

TEST(etcd_decode, errors_by_number_and_text) {
  for (auto const& expected : refusals) {
    auto const failure =
        decode_failure(400, R"({"message":")" + std::string{expected.message} + R"(","code":)" +
                                std::to_string(expected.code) + '}');
    EXPECT_EQ(failure.code, expected.meaning) << expected.message;
    EXPECT_EQ(failure.message, expected.message);
    EXPECT_EQ(failure.is_of_token, expected.is_of_token) << expected.message;
  }
}

TEST(etcd_decode, errors_on_one_short_line) {
  auto const failure = decode_failure(502, "Bad\r\nGateway" + std::string(1000, '!'));
  EXPECT_EQ(failure.code, errc::bad_answer);
  EXPECT_TRUE(
      failure.message.starts_with("the answer is none of etcd's: HTTP status 502, Bad  Gateway!!!"))
      << failure.message;
  EXPECT_LT(failure.message.size(), 300U);
}

}  // namespace
}  // namespace nsqlookupd::etcd
