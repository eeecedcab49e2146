// SPDX-License-Identifier: MIT
#include <nsqlookupd/daemon/supervision.hpp>

#include "error_of.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using variables = std::map<std::string, std::string>;
using testing::HasSubstr;

constexpr pid_t self = 4711;

supervision read(variables const& given) {
  auto const look_up = [&](std::string const& name) -> std::optional<std::string> {
    auto const found = given.find(name);
    return found == given.end() ? std::nullopt : std::optional{found->second};
  };
  return read_supervision(look_up, self);
}

std::string complaint_about(variables const& given) {
  return test_support::error_of([&] { return read(given); });
}

variables with_sockets(std::string const& count, std::string const& names) {
  return {{"LISTEN_PID", "4711"}, {"LISTEN_FDS", count}, {"LISTEN_FDNAMES", names}};
}

TEST(supervision, is_nothing_by_default) {
  auto const given = read({});
  EXPECT_EQ(given.notify_socket, "");
  EXPECT_EQ(given.watchdog_timeout, 0us);
  EXPECT_EQ(given.tcp_listener, -1);
  EXPECT_EQ(given.http_listener, -1);
}

TEST(supervision, names_where_to_notify) {
  EXPECT_EQ(read({{"NOTIFY_SOCKET", "/run/n"}}).notify_socket, "/run/n");
}

TEST(supervision, has_a_watchdog_when_it_is_for_this_process) {
  EXPECT_EQ(read({{"WATCHDOG_USEC", "1500"}}).watchdog_timeout, 1500us);
  EXPECT_EQ(read({{"WATCHDOG_USEC", "1500"}, {"WATCHDOG_PID", "4711"}}).watchdog_timeout, 1500us);
  EXPECT_EQ(read({{"WATCHDOG_USEC", "1500"}, {"WATCHDOG_PID", "4712"}}).watchdog_timeout, 0us);
}

TEST(supervision, tells_sockets_apart_by_name) {
  auto const both = read(with_sockets("2", "http:tcp"));
  EXPECT_EQ(both.http_listener, 3);
  EXPECT_EQ(both.tcp_listener, 4);
  auto const one = read(with_sockets("1", "http"));
  EXPECT_EQ(one.http_listener, 3);
  EXPECT_EQ(one.tcp_listener, -1);
}

TEST(supervision, leaves_alone_what_is_for_another_process) {
  auto others = with_sockets("2", "tcp:http");
  others["LISTEN_PID"] = "4712";
  EXPECT_EQ(read(others).tcp_listener, -1);
  others.erase("LISTEN_PID");
  EXPECT_EQ(read(others).tcp_listener, -1);
}

TEST(supervision, refuses_sockets_that_it_cannot_tell_apart) {
  EXPECT_EQ(complaint_about(with_sockets("1", "web")),
            "socket activation: descriptor 3 is named 'web', but must be named tcp or http "
            "(FileDescriptorName= in the socket unit)");
  EXPECT_THAT(complaint_about(with_sockets("2", "tcp")), HasSubstr("descriptor 4 is named ''"));
  EXPECT_EQ(complaint_about(with_sockets("2", "tcp:tcp")),
            "socket activation: descriptor 4 is named 'tcp', as another one is; [::] listens on "
            "IPv4 and IPv6");
}

TEST(supervision, refuses_numbers_that_are_none) {
  EXPECT_EQ(complaint_about({{"WATCHDOG_USEC", "30s"}}),
            "environment variable WATCHDOG_USEC=30s must be a number of 0 or more");
  EXPECT_THAT(complaint_about(with_sockets("-1", "")), HasSubstr("LISTEN_FDS=-1 must be"));
  EXPECT_THAT(complaint_about(with_sockets("", "")), HasSubstr("LISTEN_FDS= must be"));
}

}  // namespace
}  // namespace nsqlookupd
