// SPDX-License-Identifier: MIT
#include "gateway.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::etcd {
namespace {

std::string line(std::string_view rest) {
  return R"({"result":{"header":{"cluster_id":"3","revision":"12"})" + std::string{rest} + "}}";
}

TEST(watch_line, that_opens_a_watch) {
  auto const decoded = decode_watch(line(R"(,"created":true)"));
  EXPECT_FALSE(decoded.failure.code);
  EXPECT_TRUE(decoded.created);
  EXPECT_EQ(decoded.revision, 12);
  EXPECT_TRUE(decoded.events.empty());
}

TEST(watch_line, with_events) {
  auto const decoded = decode_watch(
      line(R"(,"events":[{"kv":{"key":"YQ==","create_revision":"2","mod_revision":"11",)"
           R"("version":"1","value":"MQ==","lease":"7"}},)"
           R"({"type":"PUT","kv":{"key":"Yg==","mod_revision":"11"}},)"
           R"({"type":"DELETE","kv":{"key":"Yw==","mod_revision":"12"}}])"));
  ASSERT_FALSE(decoded.failure.code);
  EXPECT_FALSE(decoded.created);
  EXPECT_FALSE(decoded.is_fragment);
  ASSERT_EQ(decoded.events.size(), 3U);
  EXPECT_EQ(decoded.events[0], (event{false, {"a", "1", 2, 11, 7}}));
  EXPECT_EQ(decoded.events[1], (event{false, {"b", "", 0, 11, 0}}));
  EXPECT_EQ(decoded.events[2], (event{true, {"c", "", 0, 12, 0}}));
}

TEST(watch_line, that_is_a_fragment) {
  auto const decoded = decode_watch(line(R"(,"fragment":true,"events":[{"kv":{"key":"YQ=="}}])"));
  EXPECT_FALSE(decoded.failure.code);
  EXPECT_TRUE(decoded.is_fragment);
  EXPECT_EQ(decoded.events.size(), 1U);
}

TEST(watch_line, of_progress) {
  auto const decoded = decode_watch(line(""));
  EXPECT_FALSE(decoded.failure.code);
  EXPECT_EQ(decoded.revision, 12);
  EXPECT_TRUE(decoded.events.empty());
}

TEST(watch_line, that_ends_a_watch_after_compaction) {
  auto const decoded = decode_watch(
      R"({"result":{"header":{"raft_term":"2"},"canceled":true,"compact_revision":"2"}})");
  EXPECT_EQ(decoded.failure.code, errc::compacted);
}

TEST(watch_line, that_ends_a_watch_for_a_reason) {
  auto const failure_of = [](std::string_view reason) {
    return decode_watch(
               line(R"(,"watch_id":"-1","created":true,"canceled":true,"cancel_reason":")" +
                    std::string{reason} + '"'))
        .failure;
  };
  auto const denied =
      failure_of("rpc error: code = PermissionDenied desc = etcdserver: permission denied");
  EXPECT_EQ(denied.code, errc::refused);
  EXPECT_FALSE(denied.is_of_token);
  auto const token =
      failure_of("rpc error: code = Unauthenticated desc = etcdserver: invalid auth token");
  EXPECT_EQ(token.code, errc::refused);
  EXPECT_TRUE(token.is_of_token);
  auto const nobody =
      failure_of("rpc error: code = InvalidArgument desc = etcdserver: user name is empty");
  EXPECT_EQ(nobody.code, errc::refused);
  EXPECT_TRUE(nobody.is_of_token);
  EXPECT_EQ(failure_of("etcdserver: no leader").code, errc::unavailable);
  EXPECT_EQ(failure_of("").code, errc::rejected);
  EXPECT_EQ(failure_of("").message, "etcd has cancelled the watch");
}

TEST(watch_line, of_an_etcd_that_shuts_down) {
  auto const decoded = decode_watch(
      R"({"error":{"grpc_code":14,"http_code":503,"message":"transport is closing","http_status":"Service Unavailable"}})");
  EXPECT_EQ(decoded.failure.code, errc::unavailable);
  EXPECT_EQ(decoded.failure.message, "transport is closing");
  auto const of_newer = decode_watch(R"({"error":{"code":14,"message":"gone","details":[]}})");
  EXPECT_EQ(of_newer.failure.code, errc::unavailable);
}

TEST(watch_line, with_events_that_are_none) {
  for (std::string_view const events :
       {"{}", "[7]", "[{}]", R"([{"kv":{"key":"*"}}])", R"([{"type":"MOVE","kv":{"key":"YQ=="}}])",
        R"([{"type":7,"kv":{"key":"YQ=="}}])"}) {
    auto const decoded = decode_watch(line(R"(,"events":)" + std::string{events}));
    EXPECT_EQ(decoded.failure.code, errc::bad_answer) << events;
  }
}

}  // namespace
}  // namespace nsqlookupd::etcd
