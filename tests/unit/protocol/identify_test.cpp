// SPDX-License-Identifier: MIT
//
// Which fields an IDENTIFY body has, and what may stand in them.
#include <nsqlookupd/protocol/identify.hpp>

#include "identify_body.hpp"
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {
namespace {

using namespace std::literals;
using registry::peer_info;

constexpr std::string_view text_fields[] = {"remote_address", "hostname",      "broadcast_address",
                                            "version",        "topology_zone", "topology_region"};
constexpr std::string_view port_fields[] = {"tcp_port", "http_port"};

std::string member(std::string_view key, std::string_view value) {
  return '"' + std::string{key} + "\":" + std::string{value};
}

TEST(identify_fields, are_all_read) {
  auto const result = parse_identify(
      R"({"remote_address":"r","hostname":"h","broadcast_address":"b","tcp_port":1,"http_port":2,)"
      R"("version":"v","topology_zone":"z","topology_region":"g"})");
  EXPECT_EQ(result.decode_error, "");
  EXPECT_EQ(result.peer.hostname, "h");
  EXPECT_EQ(result.peer.broadcast_address, "b");
  EXPECT_EQ(result.peer.tcp_port, 1);
  EXPECT_EQ(result.peer.http_port, 2);
  EXPECT_EQ(result.peer.version, "v");
  EXPECT_EQ(result.peer.topology_zone, "z");
  EXPECT_EQ(result.peer.topology_region, "g");
}

TEST(identify_fields, a_remote_address_is_not_the_bodys_to_say) {
  EXPECT_EQ(parse_identify(body_with(R"("remote_address":"6.6.6.6:6")")).peer.remote_address, "");
}

TEST(identify_fields, four_are_required) {
  EXPECT_EQ(judge(body_with("")), verdict::accepted);
  for (std::string const wanting : {R"({"tcp_port":1,"http_port":1,"version":"v"})",
                                    R"({"broadcast_address":"b","http_port":1,"version":"v"})",
                                    R"({"broadcast_address":"b","tcp_port":1,"version":"v"})",
                                    R"({"broadcast_address":"b","tcp_port":1,"http_port":1})",
                                    R"({"hostname":"h"})", "{}", "null", " null\n"}) {
    EXPECT_EQ(judge(wanting), verdict::incomplete) << wanting;
  }
}

TEST(identify_fields, required_ones_are_not_empty_or_zero) {
  for (std::string const more : {R"("broadcast_address":"")", R"("version":"")", R"("tcp_port":0)",
                                 R"("http_port":0)", R"("tcp_port":-0)", R"("http_port":-0)"}) {
    EXPECT_EQ(judge(body_with(more)), verdict::incomplete) << more;
  }
}

TEST(identify_fields, null_leaves_one_as_it_is) {
  EXPECT_EQ(judge(body_with(R"("broadcast_address":null,"tcp_port":null,"version":null)")),
            verdict::accepted);
  EXPECT_EQ(judge(R"({"broadcast_address":"b","tcp_port":null,"http_port":1,"version":"v"})"),
            verdict::incomplete);
  EXPECT_EQ(judge(body_with(R"("remote_address":null,"hostname":null)")), verdict::accepted);
}

TEST(identify_fields, of_a_text_are_nothing_but_strings) {
  for (auto const field : text_fields) {
    for (auto const wrong : {"1", "-1", "1.5", "1e5", "18446744073709551615", "true", "false", "[]",
                             R"(["a"])", "{}", R"({"hostname":"a"})"}) {
      auto const more = member(field, wrong);
      EXPECT_EQ(judge(body_with(more)), verdict::undecodable) << more;
    }
  }
}

TEST(identify_fields, of_a_port_are_nothing_but_integers) {
  for (auto const field : port_fields) {
    for (auto const wrong : {R"("4150")",
                             R"("")",
                             "4150.0",
                             "4e3",
                             "4E3",
                             "0e0",
                             "-0.0",
                             "true",
                             "false",
                             "[]",
                             "[4150]",
                             "{}",
                             R"({"tcp_port":1})",
                             "9223372036854775808",
                             "-9223372036854775809",
                             "18446744073709551615",
                             "18446744073709551616",
                             "100000000000000000000",
                             "1e99999",
                             "1e99999999999"}) {
      auto const more = member(field, wrong);
      EXPECT_EQ(judge(body_with(more)), verdict::undecodable) << more;
    }
  }
}

TEST(identify_fields, of_a_port_have_64_bits) {
  for (auto const port :
       {std::int64_t{1}, std::int64_t{-1}, std::int64_t{65535}, std::int64_t{65536},
        std::int64_t{4294967296}, std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::min()}) {
    auto const text = std::to_string(port);
    auto const result =
        parse_identify(body_with(member("tcp_port", text) + ',' + member("http_port", text)));
    EXPECT_EQ(result.decode_error, "");
    EXPECT_EQ(result.peer.tcp_port, port);
    EXPECT_EQ(result.peer.http_port, port);
  }
}

TEST(identify_fields, the_last_duplicate_wins) {
  auto const result = parse_identify(
      body_with(R"("hostname":"first","Hostname":"second","HOSTNAME":"third","tcp_port":7)"));
  EXPECT_EQ(result.peer.hostname, "third");
  EXPECT_EQ(result.peer.tcp_port, 7);
  EXPECT_EQ(parse_identify(body_with(R"("hostname":"a","hostname":null)")).peer.hostname, "a");
  EXPECT_EQ(judge(body_with(R"("version":"")")), verdict::incomplete);
}

TEST(identify_fields, a_wrong_duplicate_is_an_error_wherever_it_stands) {
  for (std::string const more :
       {R"("tcp_port":"1","tcp_port":1)", R"("tcp_port":1,"tcp_port":"1")",
        R"("hostname":1,"hostname":"h")", R"("remote_address":1,"remote_address":"r")",
        R"("TCP_PORT":1.0,"tcp_port":1)"}) {
    EXPECT_EQ(judge(body_with(more)), verdict::undecodable) << more;
  }
}

TEST(identify_fields, have_keys_in_any_case) {
  for (std::string const key : {"hostname", "HOSTNAME", "hoStName", "ho\u017ftname",
                                R"(\u0068ostname)", R"(ho\u017ftname)", R"(HO\u017FTNAME)"}) {
    EXPECT_EQ(parse_identify(body_with(member(key, R"("h")"))).peer.hostname, "h") << key;
  }
  for (std::string const key :
       {"", "host_name", "hostname ", " hostname", "hostnam", "hostname\xff", R"(hostname\u0000)",
        "h\u00f6stname", R"(\ud800hostname)"}) {
    EXPECT_EQ(parse_identify(body_with(member(key, R"("h")"))).peer.hostname, "") << key;
  }
  EXPECT_EQ(judge(R"({"BROADCAST_ADDRESS":"b","Tcp_Port":1,"hTTP_pORT":1,"ver\u017fion":"v"})"),
            verdict::accepted);
}

TEST(identify_fields, of_unknown_names_are_skipped_whatever_they_hold) {
  for (std::string const value :
       {"1", "-0", "1e99999", "1e-99999", "1e99999999999999", "-1.5E+99999999999999",
        "1e2147483648", "18446744073709551616", "true", "null", R"("\ud800")", "\"\xff\"", "[]",
        "{}", R"([{"tcp_port":"x"},[["hostname",1]]])",
        R"({"tcp_port":"x","hostname":{"version":1}})", R"({"a":1,"a":2})"}) {
    auto const body = body_with(member("heap", value) + R"(,"hostname":"h")");
    EXPECT_EQ(judge(body), verdict::accepted) << body;
    EXPECT_EQ(parse_identify(body).peer.tcp_port, 4150) << body;
    EXPECT_EQ(parse_identify(body).peer.hostname, "h") << body;
  }
  EXPECT_EQ(judge(body_with(member("heap", std::string(1000, '9')))), verdict::accepted);
}

TEST(identify_fields, have_text_that_is_valid_utf8) {
  struct {
    std::string_view value;
    std::string_view expected;
  } const cases[] = {
      {R"("\u00e9\ud83d\ude00")", "\u00e9\U0001f600"},
      {R"("\"\\\/\b\f\n\r\t\u0001")", "\"\\/\b\f\n\r\t\x01"},
      {R"("\u0000")", "\0"sv},
      {R"("\ud800")", "\ufffd"},
      {R"("\udc00\ud800x")", "\ufffd\ufffdx"},
      {R"("\ud800\u0041")", "\ufffdA"},
      {"\"a\xff\xfez\"", "a\ufffd\ufffdz"},
      {"\"\xe2\x82\"", "\ufffd\ufffd"},
      {"\"\xed\xa0\x80\"", "\ufffd\ufffd\ufffd"},
      {"\"\xf0\x9f\x98\x80\"", "\U0001f600"},
      {"\"\x7f\"", "\x7f"},
  };
  for (auto const& [value, expected] : cases) {
    auto const result = parse_identify(body_with(member("hostname", value)));
    EXPECT_EQ(result.decode_error, "") << value;
    EXPECT_EQ(result.peer.hostname, expected) << value;
  }
}

TEST(identify_fields, may_be_long) {
  std::string const long_text(200'000, 'h');
  auto const result = parse_identify(body_with(member("hostname", '"' + long_text + '"')));
  EXPECT_EQ(result.peer.hostname, long_text);
  EXPECT_EQ(judge(body_with(member(long_text, "1"))), verdict::accepted);
}

TEST(identify_fields, a_wrong_one_is_named_for_the_log) {
  struct {
    std::string_view body;
    std::string_view expected;
  } const cases[] = {
      {R"({"tcp_port":"4150","hostname":1})", "tcp_port cannot be a string"},
      {R"({"HTTP_PORT":1.5})", "http_port cannot be a number that is no integer"},
      {R"({"http_port":9223372036854775808})", "http_port cannot be a number that is too large"},
      {R"({"hostname":1})", "hostname cannot be a number"},
      {R"({"version":true})", "version cannot be a boolean"},
      {R"({"version":[]})", "version cannot be an array"},
      {R"({"version":{}})", "version cannot be an object"},
      {R"([])", "the body cannot be an array"},
      {R"("x")", "the body cannot be a string"},
      {R"(12)", "the body cannot be a number"},
      {R"(true)", "the body cannot be a boolean"},
  };
  for (auto const& [body, expected] : cases) {
    EXPECT_EQ(parse_identify(body).decode_error, expected) << body;
  }
  EXPECT_TRUE(parse_identify(R"({"hostname":"h",})").decode_error.ends_with(" at byte 16"));
}

TEST(identify_reply, has_its_keys_in_this_order) {
  server_identity const self{.broadcast_address = "lookup.example",
                             .hostname = "vm",
                             .http_port = 4161,
                             .tcp_port = 65535,
                             .version = "2.0.0"};
  EXPECT_EQ(identify_reply(self),
            R"({"broadcast_address":"lookup.example","hostname":"vm","http_port":4161,)"
            R"("tcp_port":65535,"version":"2.0.0"})");
}

TEST(identify_reply, is_json_whatever_the_names_are) {
  server_identity self;
  self.hostname = "a\"b\\\n";
  EXPECT_EQ(identify_reply(self), R"({"broadcast_address":"","hostname":"a\"b\\\n","http_port":0,)"
                                  R"("tcp_port":0,"version":""})");
}

TEST(identify_reply, escapes_as_the_answers_of_http_do) {
  server_identity self;
  self.broadcast_address = "<b>&\u2028\u2029\u2027\u00e9\x7f";
  self.hostname = "a\xff\x01";
  EXPECT_EQ(identify_reply(self),
            "{\"broadcast_address\":\"\\u003cb\\u003e\\u0026\\u2028\\u2029\u2027\u00e9\x7f\","
            "\"hostname\":\"a\\ufffd\\u0001\",\"http_port\":0,\"tcp_port\":0,\"version\":\"\"}");
}

}  // namespace
}  // namespace nsqlookupd::protocol
