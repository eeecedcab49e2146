// SPDX-License-Identifier: MIT
//
// Each line of the log is one that the server wrote. No bytes of a client change that.
#include "server_process.hpp"
#include "v1_wire.hpp"
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using lines = std::vector<std::string>;
using test_support::tcp_client;

// A line's end, the beginning of a line, and what turns a terminal red.
constexpr std::string_view evil =
    "\\n[nsqlookupd] 2026/11/23 00:00:00.000000 FATAL: \\u001b[31m\\r";

void say_evil_over_tcp(server_process const& server) {
  tcp_client stranger{server.tcp_port()};
  stranger.send("\n\r\x1b\x7f");
  EXPECT_EQ(stranger.receive_frame(), "E_BAD_PROTOCOL");

  auto announcer = server.lookup_client();
  announcer.send("ANNOUNCE t . 4150\n" + test_support::frame("evil\r\x1b[31m\n"));
  EXPECT_EQ(announcer.receive_frame(), "OK");

  auto producer = server.lookup_client();
  std::string const text{evil};
  producer.send(test_support::identify(R"({"broadcast_address":")" + text + R"(","version":")" +
                                       text + R"(","hostname":")" + text +
                                       R"(","tcp_port":1,"http_port":2})"));
  EXPECT_TRUE(producer.receive_frame().starts_with('{'));
  for (std::string const line :
       {"FOO\x1b[31m\rINFO", "REGISTER t\x1b c", "REGISTER t c\x7f\x01", "UNREGISTER \b t"}) {
    EXPECT_TRUE(producer.command(line).starts_with("E_")) << line;
  }
}

void say_evil_over_http(server_process const& server) {
  for (std::string const request :
       {"GET /lookup?topic=%0a%1b[31m HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /%0a[nsqlookupd]%20FATAL HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST /topic/tombstone?topic=t&node=%0d%0a%1b[31m:1 HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /ping HTTP/1.1\r\nHost: h\r\nUser-Agent: \x1b[31m\xff\r\nReferer: \t\x80\r\n\r\n",
        "GET /ping HTTP/1.1\r\nHost: h\r\nUser-Agent: a\rb\nc\r\n\r\n",
        "GET /ping?\x80\xff HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /\x1b[31m HTTP/1.1\r\nHost: h\r\n\r\n", "G\x1bT / HTTP/1.1\r\nHost: h\r\n\r\n",
        "EVIL\x60!# /ping HTTP/1.1\r\nHost: h\r\n\r\n"}) {
    auto client = server.http_client();
    client.send(request);
    EXPECT_TRUE(client.receive_reply().status_line.starts_with("HTTP/1.1 ")) << request;
  }
}

lines log_after_evil(std::string const& format) {
  server_process server{{.flags = {"-log-format=" + format}, .says_where = false}};
  say_evil_over_tcp(server);
  say_evil_over_http(server);
  EXPECT_EQ(server.stop(), 0);
  lines all;
  while (auto line = server.process().next_error_line()) {
    all.push_back(std::move(*line));
  }
  // The log tells of these, so the evil did get there.
  EXPECT_GE(std::ranges::count_if(
                all, [](auto const& line) { return line.find("[31m") != std::string::npos; }),
            5);
  return all;
}

void expect_no_control_bytes(std::string const& line) {
  auto const is_control = [](char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f;
  };
  EXPECT_TRUE(std::ranges::none_of(line, is_control)) << line;
}

TEST(log_injection, is_not_possible_in_text) {
  for (auto const& line : log_after_evil("text")) {
    expect_no_control_bytes(line);
    std::string message;
    ASSERT_NO_THROW(message = without_stamp(line, default_prefix)) << line;
    EXPECT_FALSE(message.starts_with("FATAL: ")) << line;
  }
}

TEST(log_injection, is_not_possible_in_json) {
  // docs/LOG.md names them.
  std::set<std::string_view> const members{"time",     "level",    "name",   "msg",
                                           "client",   "error",    "cause",  "command",
                                           "topic",    "channel",  "node",   "version",
                                           "category", "path",     "query",  "token",
                                           "status",   "duration", "method", "broadcast_address",
                                           "tcp_port", "http_port"};
  for (auto const& line : log_after_evil("json")) {
    boost::system::error_code error;
    auto const parsed = boost::json::parse(line, error);
    ASSERT_FALSE(error) << line;
    for (auto const& each : parsed.as_object()) {
      EXPECT_TRUE(members.contains(each.key())) << line;
    }
    EXPECT_NE(parsed.at("level").as_string(), "fatal") << line;
  }
}

}  // namespace
}  // namespace nsqlookupd::e2e
