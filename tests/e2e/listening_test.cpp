// SPDX-License-Identifier: MIT
#include "server_process.hpp"
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <regex>
#include <string>
#include <system_error>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::http_client;
using test_support::lookup_client;

bool has_ipv6() {
  std::string line;
  return static_cast<bool>(std::getline(std::ifstream{"/proc/net/if_inet6"}, line));
}

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

void expect_no_start(std::vector<std::string> const& arguments, std::string const& line) {
  auto const ended = run_server(arguments);
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.output, "");
  ASSERT_TRUE(ended.error.ends_with("\n")) << ended.error;
  EXPECT_EQ(without_stamp(ended.error.substr(0, ended.error.size() - 1)), "FATAL: " + line);
}

TEST(listening, is_logged_with_the_real_ports_and_nothing_more) {
  server_process server;
  auto const first = sorted(server.first_lines());
  ASSERT_EQ(first.size(), 3U);
  EXPECT_EQ(first[0], "INFO: HTTP: listening on 127.0.0.1:" + std::to_string(server.http_port()));
  EXPECT_EQ(first[1], "INFO: TCP: listening on 127.0.0.1:" + std::to_string(server.tcp_port()));
  EXPECT_TRUE(std::regex_match(
      first[2], std::regex{R"(INFO: nsqlookupd v\d+\.\d+\.\d+ \(built w/[a-z0-9.-]+\))"}))
      << first[2];
  EXPECT_EQ(server.first_lines().front(), first[2]);
  EXPECT_EQ("INFO: " + run_server({"-version"}).output, first[2] + '\n');
  EXPECT_EQ(server.stop(), 0);
}

TEST(listening, on_every_address_takes_both_kinds_of_clients) {
  server_process server{{.flags = {"-tcp-address=0.0.0.0:0", "-http-address=:0"}}};
  // Without IPv6 it depends on the kernel whether its wildcard can be had all the same.
  std::string const any = has_ipv6() ? R"(\[::\])" : R"((\[::\]|0\.0\.0\.0))";
  auto const first = sorted(server.first_lines());
  EXPECT_TRUE(std::regex_match(first[0], std::regex{"INFO: HTTP: listening on " + any + ":\\d+"}))
      << first[0];
  EXPECT_TRUE(std::regex_match(first[1], std::regex{"INFO: TCP: listening on " + any + ":\\d+"}))
      << first[1];

  std::vector<std::string> hosts{"127.0.0.1"};
  if (has_ipv6()) {
    hosts.emplace_back("::1");
  }
  for (auto const& host : hosts) {
    lookup_client producer{server.tcp_port(), host};
    producer.identify();
    auto const logged = server.lines_through("REGISTER category:client");
    EXPECT_EQ(logged.front(), "INFO: TCP: new client(" + producer.name() + ")");
    http_client consumer{server.http_port(), host};
    auto const nodes = consumer.get("/nodes").body;
    EXPECT_NE(nodes.find(R"("remote_address":")" + producer.name() + '"'), std::string::npos)
        << nodes;
    EXPECT_EQ(server.next_line(), "INFO: 200 GET /nodes (" + consumer.name() + ") …");
    producer.finish_sending();
    server.lines_through(" - EOF");
  }
  EXPECT_EQ(server.stop(), 0);
}

TEST(listening, on_one_ipv6_address_is_logged_in_brackets) {
  if (!has_ipv6()) {
    auto const ended = run_server({"-tcp-address=[::1]:0"});
    EXPECT_EQ(ended.status, 1);
    EXPECT_NE(ended.error.find("nsqlookupd - listen ([::1]:0) failed - "), std::string::npos)
        << ended.error;
    return;
  }
  server_process const server{{.flags = {"-tcp-address=[::1]:0", "-http-address=[::1]:0"}}};
  auto const first = sorted(server.first_lines());
  EXPECT_EQ(first[0], "INFO: HTTP: listening on [::1]:" + std::to_string(server.http_port()));
  EXPECT_EQ(first[1], "INFO: TCP: listening on [::1]:" + std::to_string(server.tcp_port()));
}

TEST(listening, on_a_port_in_use_is_one_line_and_exit_1) {
  server_process const other;
  for (auto const port : {other.tcp_port(), other.http_port()}) {
    auto const address = "127.0.0.1:" + std::to_string(port);
    auto const line = "failed to instantiate nsqlookupd - listen (" + address +
                      ") failed - Address already in use ";
    expect_no_start({"-tcp-address=" + address, "-http-address=127.0.0.1:0"},
                    line + "(-tcp-address)");
    expect_no_start({"-tcp-address=127.0.0.1:0", "-http-address=" + address},
                    line + "(-http-address)");
  }
  EXPECT_TRUE(other.answers());
}

TEST(listening, on_what_is_no_address_is_one_line_and_exit_1) {
  expect_no_start({"-tcp-address=127.0.0.1"},
                  "failed to instantiate nsqlookupd - listen (127.0.0.1) failed - address "
                  "127.0.0.1: missing port in address (-tcp-address)");
  expect_no_start({"-tcp-address=127.0.0.1:0", "-http-address=127.0.0.1:99999"},
                  "failed to instantiate nsqlookupd - listen (127.0.0.1:99999) failed - address "
                  "127.0.0.1:99999: the port \"99999\" is not a number from 0 to 65535 "
                  "(-http-address)");
}

TEST(identify_reply, has_the_real_ports_and_the_given_address) {
  server_process const server{{.flags = {"-broadcast-address=lookup.example"}}};
  auto const info = server.http_client().get("/info").body;
  auto const version = info.substr(1, info.size() - 2);
  EXPECT_EQ(server.lookup_client().identify(),
            R"({"broadcast_address":"lookup.example","hostname":")" + host_name() +
                R"(","http_port":)" + std::to_string(server.http_port()) + R"(,"tcp_port":)" +
                std::to_string(server.tcp_port()) + "," + version + "}");
}

TEST(identify_reply, has_the_host_name_for_an_address_by_default) {
  server_process const server;
  auto const reply = server.lookup_client().identify();
  EXPECT_TRUE(reply.starts_with(R"({"broadcast_address":")" + host_name() + R"(","hostname":")" +
                                host_name() + '"'))
      << reply;
}

}  // namespace
}  // namespace nsqlookupd::e2e
