// SPDX-License-Identifier: MIT
//
// The process that a hand-over leaves: what it logs, is started by, has open, and tells its
// manager.
#include "eventually.hpp"
#include "listening_socket.hpp"
#include "notify_socket.hpp"
#include "process_files.hpp"
#include "replaceable_server.hpp"
#include "sanitized.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;
using test_support::http_client;
using test_support::lookup_client;
using test_support::notify_socket;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using strings = std::vector<std::string>;

strings without_stamps(strings lines) {
  for (auto& line : lines) {
    line = without_stamp(line);
  }
  return lines;
}

TEST(process, logs_each_step_of_a_hand_over_and_nothing_more) {
  replaceable_server server;
  auto const first = server.producer("10.0.0.1");
  auto const second = server.producer("10.0.0.2", {"t"});
  auto lines = without_stamps(server.hand_over());
  // Lines of before the signal may come late.
  lines.erase(lines.begin(), std::ranges::find(lines, "INFO: received SIGUSR2"));
  ASSERT_EQ(lines.size(), 6U) << testing::PrintToString(lines);
  EXPECT_EQ(lines[0], "INFO: received SIGUSR2");
  EXPECT_EQ(lines[1], "INFO: HANDOVER: " + server.program().path() + " takes over");
  EXPECT_THAT(lines[2], testing::StartsWith("INFO: nsqlookupd v"));
  auto const tcp =
      "INFO: TCP: listening on 127.0.0.1:" + std::to_string(server.running().tcp_port());
  auto const http =
      "INFO: HTTP: listening on 127.0.0.1:" + std::to_string(server.running().http_port());
  EXPECT_THAT(strings({lines[3], lines[4]}), testing::UnorderedElementsAre(tcp, http));
  EXPECT_TRUE(std::regex_match(
      lines[5], std::regex{R"(INFO: HANDOVER: resumed 2 producers in [0-9.]+(µs|ms|s))"}))
      << lines[5];
  EXPECT_EQ(server.stop(), 0);
}

TEST(process, is_the_same_with_the_same_arguments) {
  replaceable_server server{{.flags = {"-log-prefix=[nsqlookupd] ", "-broadcast-address=a b"}}};
  auto const process = server.running().process().id();
  auto const arguments = process_file(process, "cmdline");
  auto const limits = process_file(process, "limits");
  for (int round = 0; round < 3; ++round) {
    server.hand_over();
    EXPECT_EQ(process_file(process, "cmdline"), arguments);
    EXPECT_EQ(process_file(process, "limits"), limits);
  }
  EXPECT_THAT(server.lookup_client().identify(), HasSubstr(R"("broadcast_address":"a b")"));
}

TEST(process, becomes_the_file_that_is_at_its_path) {
  replaceable_server server;
  auto const producer = server.producer("10.0.0.1", {"t"});
  auto const process = server.running().process().id();
  auto const built = executable_of(process);
  server.program().put_copy();
  server.hand_over();
  EXPECT_EQ(executable_of(process), server.program().path());
  server.program().put_copy();
  EXPECT_EQ(executable_of(process), server.program().path() + " (deleted)");
  server.hand_over();
  EXPECT_EQ(executable_of(process), server.program().path());
  server.program().put_server();
  server.hand_over();
  EXPECT_EQ(executable_of(process), built);
}

TEST(process, hands_over_where_nobody_reads_its_log) {
  replaceable_server server{{.error = test_support::error_output::closed, .says_where = false}};
  auto producer = server.producer("10.0.0.1", {"t"});
  server.program().put_copy();
  auto const process = server.running().process().id();
  server.running().process().send(SIGUSR2);
  EXPECT_TRUE(eventually([&] { return executable_of(process) == server.program().path(); }));
  EXPECT_EQ(producer.command("PING"), "OK");
  EXPECT_EQ(server.stop(), 0);
}

// The same path, seen from the directory in which it was started.
TEST(process, finds_a_path_that_is_relative) {
  replaceable_server server{
      {.launcher = {"/bin/sh", "-c", R"(cd "${0%/*}" && exec "./${0##*/}" "$@")"}}};
  auto producer = server.producer("10.0.0.1", {"t"});
  auto const from = server.log().line_count();
  server.running().process().send(SIGUSR2);
  auto const lines = server.log().lines_through({"HANDOVER: resumed ", " cannot "}, from);
  EXPECT_THAT(lines.back(), HasSubstr("HANDOVER: resumed 1 producers in "));
  EXPECT_EQ(producer.command("PING"), "OK");
}

TEST(process, has_as_many_descriptors_as_before) {
  replaceable_server server{{.flags = {"-threads=2"}}};
  auto const producer = server.producer("10.0.0.1", {"t"});
  auto const consumer = server.http_client();
  auto const process = server.running().process().id();
  EXPECT_TRUE(eventually([&] { return server.metric("nsqlookupd_http_connections") == 2; }));
  // The question's own connection is gone.
  auto const settled = [&](std::multiset<std::string> const& wanted) {
    return eventually([&] { return descriptors_of(process) == wanted; });
  };
  auto const count = [&] { return descriptors_of(process).count("socket:"); };
  EXPECT_TRUE(eventually([&] { return count() == 4; })) << "two listeners, two clients";
  auto const before = descriptors_of(process);
  for (int round = 0; round < test_support::amount(20, 5); ++round) {
    server.hand_over();
  }
  EXPECT_TRUE(settled(before)) << testing::PrintToString(before) << " and now "
                               << testing::PrintToString(descriptors_of(process));
  EXPECT_EQ(children_of(process), "");
}

TEST(process, warns_of_nothing_that_a_hand_over_leaves) {
  replaceable_server server{{.variables = {"NSQLOOKUPD_LOG_LEVEL=debug"}}};
  for (int round = 0; round < 2; ++round) {
    for (auto const& line : server.hand_over()) {
      EXPECT_THAT(line, Not(HasSubstr("WARNING: ")));
      EXPECT_THAT(line, Not(HasSubstr("ERROR: ")));
    }
  }
}

TEST(process, takes_new_settings_from_its_file) {
  test_support::scratch_directory const directory;
  auto const file = directory.write("nsqlookupd.toml", "broadcast_address = \"before\"\n");
  replaceable_server server{{.flags = {"-config=" + file}}};
  auto const producer = server.producer("10.0.0.1", {"t"});
  directory.write("nsqlookupd.toml", "broadcast_address = \"after\"\n");
  server.hand_over();
  EXPECT_THAT(server.lookup_client().identify(), HasSubstr(R"("broadcast_address":"after")"));
  EXPECT_THAT(server.http_client().get("/lookup?topic=t").body, HasSubstr(producer.as_producer()));
}

std::int64_t monotonic_microseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000 + now.tv_nsec / 1'000;
}

std::string next_but_signs_of_life(notify_socket const& manager) {
  auto notice = manager.next();
  while (notice == "WATCHDOG=1") {
    notice = manager.next();
  }
  return notice;
}

// In one datagram, as the manager wants it.
void expect_reloading(notify_socket const& manager, std::int64_t since) {
  auto const notice = next_but_signs_of_life(manager);
  std::smatch found;
  ASSERT_TRUE(
      std::regex_match(notice, found, std::regex{"RELOADING=1\nMONOTONIC_USEC=([0-9]+)\n?"}))
      << notice;
  auto const said = std::stoll(found[1]);
  EXPECT_GE(said, since);
  EXPECT_LE(said, monotonic_microseconds());
}

TEST(service_manager, hears_of_a_hand_over_and_of_its_end) {
  notify_socket const manager;
  replaceable_server server{{.variables = {"NOTIFY_SOCKET=" + manager.name()}}};
  EXPECT_EQ(manager.next(), "READY=1");
  for (int round = 0; round < 2; ++round) {
    auto const since = monotonic_microseconds();
    server.hand_over();
    expect_reloading(manager, since);
    EXPECT_EQ(manager.next(), "READY=1");
  }
  EXPECT_FALSE(manager.has_next());
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(manager.next(), "STOPPING=1");
}

TEST(service_manager, hears_that_the_old_server_goes_on) {
  notify_socket const manager;
  replaceable_server server{{.variables = {"NOTIFY_SOCKET=" + manager.name()}}};
  EXPECT_EQ(manager.next(), "READY=1");
  server.program().put_script("exit 1");
  auto const since = monotonic_microseconds();
  static_cast<void>(server.refused_hand_over());
  expect_reloading(manager, since);
  EXPECT_EQ(manager.next(), "READY=1");
  EXPECT_FALSE(manager.has_next());
}

TEST(service_manager, hears_signs_of_life_from_the_new_program) {
  notify_socket const manager;
  replaceable_server server{
      {.variables = {"NOTIFY_SOCKET=" + manager.name(), "WATCHDOG_USEC=1000"}}};
  EXPECT_EQ(next_but_signs_of_life(manager), "READY=1");
  auto const since = monotonic_microseconds();
  server.hand_over();
  expect_reloading(manager, since);
  EXPECT_EQ(next_but_signs_of_life(manager), "READY=1");
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
}

TEST(service_manager, has_its_sockets_passed_on) {
  auto const tcp = listen_on_loopback();
  auto const http = listen_on_loopback();
  replaceable_server server{{.variables = {"LISTEN_FDS=2", "LISTEN_FDNAMES=http:tcp"},
                             .launcher = {"/bin/sh", "-c", R"(LISTEN_PID=$$ exec "$0" "$@")"},
                             .passed = {http.socket.number(), tcp.socket.number()}}};
  ASSERT_EQ(server.running().tcp_port(), tcp.port);
  ASSERT_EQ(server.running().http_port(), http.port);
  auto producer = server.producer("10.0.0.1", {"t"});
  auto consumer = server.http_client();
  for (int round = 0; round < 2; ++round) {
    server.hand_over();
    EXPECT_EQ(producer.command("PING"), "OK");
    EXPECT_EQ(consumer.get("/topics").body, R"({"topics":["t"]})");
    EXPECT_THAT(server.lookup_client().identify(),
                HasSubstr("\"tcp_port\":" + std::to_string(tcp.port)));
    EXPECT_TRUE(server.running().answers());
  }
  EXPECT_EQ(server.stop(), 0);
  // They are the manager's: they wait for the next server.
  lookup_client const waiting{tcp.port};
}

}  // namespace
}  // namespace nsqlookupd::e2e
