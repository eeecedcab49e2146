// SPDX-License-Identifier: MIT
//
// JSON that is meant to hurt: depth, numbers, broken UTF-8, duplicate keys, white space.
#include "besieged_server.hpp"
#include "repeat.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::e2e {
namespace {

using test_support::repeat;

constexpr std::string_view fields =
    R"("broadcast_address":"10.0.0.1","http_port":4151,"tcp_port":4150,"version":"1.3.0")";
constexpr std::string_view not_json = "E_BAD_BODY IDENTIFY failed to decode JSON body";
constexpr std::size_t json_limit = std::size_t{1} << 20U;

// All of IDENTIFY's fields, and one more.
std::string with(std::string_view field) {
  return '{' + std::string{fields}.append(",").append(field) + '}';
}

std::string nested(std::size_t depth) {
  return with(R"("x":)" + std::string(depth, '[') + std::string(depth, ']'));
}

class hostile_json {
 public:
  void expect_refused(std::string const& body) {
    auto client = besieged_.client();
    client.send(test_support::identify(body));
    EXPECT_EQ(client.receive_frame(), not_json) << body.substr(0, 100);
    EXPECT_EQ(client.command("PING"), "OK");
  }

  void expect_accepted(std::string const& body) {
    auto client = besieged_.client();
    client.send(test_support::identify(body));
    EXPECT_TRUE(client.receive_frame().starts_with("{")) << body.substr(0, 100);
    EXPECT_EQ(client.command("REGISTER t c"), "OK");
  }

  void expect_survived() {
    EXPECT_TRUE(besieged_.log().wait_for(std::string{"- "}.append(not_json)));
    besieged_.expect_recovery({.most_mib = 32, .left_mib = 8, .log_lines = 2000});
    besieged_.expect_good_end();
  }

 private:
  besieged_server besieged_;
};

TEST(fault, json_that_is_deep_uses_up_no_stack) {
  hostile_json json;
  json.expect_accepted(nested(9'000));
  json.expect_refused(nested(100'000));
  json.expect_refused(with(R"("x":)" + std::string(json_limit - 1'000, '[')));
  json.expect_refused(with(R"("x":)" + repeat(R"({"a":)", 100'000)));
  json.expect_refused(std::string(100'000, '[') + std::string(100'000, ']'));
  json.expect_survived();
}

TEST(fault, json_with_huge_numbers_is_read_where_it_matters) {
  hostile_json json;
  json.expect_accepted(with(R"("x":1e99999)"));
  json.expect_accepted(with(R"("x":)" + std::string(json_limit - 1'000, '9')));
  json.expect_refused(with(R"("tcp_port":1e99999)"));
  json.expect_refused(with(R"("tcp_port":)" + std::string(json_limit - 1'000, '9')));
  json.expect_refused(with(R"("tcp_port":)" + repeat("-", 1'000) + '1'));
  json.expect_survived();
}

TEST(fault, json_in_broken_utf_8_is_repaired) {
  hostile_json json;
  json.expect_accepted(with("\"hostname\":\"\xff\xfe\xc0\x80\xed\xa0\x80\""));
  json.expect_accepted(with(R"("hostname":"\ud800\udfff\udc00")"));
  json.expect_accepted(with("\"hostname\":\"" + std::string(json_limit - 1'000, '\xff') + '"'));
  json.expect_refused(with(std::string{"\"hostname\":\"\0\"", 14}));
  json.expect_survived();
}

TEST(fault, json_with_very_many_duplicates_or_blanks_is_read) {
  hostile_json json;
  json.expect_accepted(with(repeat(R"("tcp_port":1,)", 70'000) + R"("tcp_port":4150)"));
  json.expect_refused(with(R"("tcp_port":"1","tcp_port":4150)"));
  json.expect_accepted(std::string(json_limit - 200, ' ') + with(R"("x":0)"));
  json.expect_refused(std::string(json_limit, ' '));
  json.expect_survived();
}

}  // namespace
}  // namespace nsqlookupd::e2e
