// SPDX-License-Identifier: MIT
#include <nsqlookupd/daemon/supervision.hpp>

#include "captured_log.hpp"
#include "notify_socket.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using test_support::captured_log;
using test_support::notify_socket;

constexpr service_notifier::time_point start{1h};

supervision notifying(std::string const& socket, std::chrono::microseconds watchdog = 0us) {
  supervision given;
  given.notify_socket = socket;
  given.watchdog_timeout = watchdog;
  return given;
}

TEST(service_notifier, says_that_the_server_is_ready_and_that_it_stops) {
  notify_socket const manager;
  service_notifier ours{notifying(manager.name())};
  EXPECT_FALSE(manager.has_next());
  ours.ready();
  EXPECT_EQ(manager.next(), "READY=1");
  ours.stopping();
  EXPECT_EQ(manager.next(), "STOPPING=1");
  EXPECT_FALSE(ours.sweep(start));
  EXPECT_FALSE(manager.has_next());
}

TEST(service_notifier, finds_sockets_in_the_file_system) {
  auto directory = testing::TempDir() + "nsqlookupd-notify-XXXXXX";
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  {
    notify_socket const manager{directory + "/socket"};
    service_notifier{notifying(manager.name())}.ready();
    EXPECT_EQ(manager.next(), "READY=1");
  }
  std::filesystem::remove_all(directory);
}

TEST(service_notifier, says_twice_within_the_watchdogs_time_that_it_is_alive) {
  notify_socket const manager;
  service_notifier ours{notifying(manager.name(), 10s)};
  EXPECT_TRUE(ours.sweep(start));
  EXPECT_FALSE(ours.sweep(start + 4999ms));
  EXPECT_TRUE(ours.sweep(start + 5s));
  EXPECT_FALSE(ours.sweep(start + 5s));
  EXPECT_FALSE(manager.has_next());
  ours.alive();
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
}

TEST(service_notifier, repeats_what_the_manager_had_no_room_for) {
  notify_socket const manager;
  service_notifier ours{notifying(manager.name())};
  constexpr int more_than_fits = 10'000;
  for (int count = 0; count < more_than_fits; ++count) {
    ours.alive();
  }
  ours.ready();
  std::string last;
  while (manager.has_next()) {
    last = manager.next();
  }
  EXPECT_EQ(last, "WATCHDOG=1");
  EXPECT_FALSE(ours.sweep(start));
  EXPECT_EQ(manager.next(), "READY=1");
  EXPECT_FALSE(ours.sweep(start));
  EXPECT_FALSE(manager.has_next());
}

TEST(service_notifier, warns_once_when_there_is_no_manager) {
  captured_log const log;
  service_notifier ours{notifying("@nobody-listens-here")};
  ours.ready();
  EXPECT_FALSE(ours.sweep(start));
  service_notifier{notifying(std::string(200, '/'))}.ready();
  EXPECT_EQ(log.lines(),
            (std::vector<std::string>{
                "WARNING: cannot tell the service manager at @nobody-listens-here READY=1 - "
                "Connection refused",
                "WARNING: cannot tell the service manager at " + std::string(200, '/') +
                    " READY=1 - File name too long"}));
}

TEST(service_notifier, is_silent_when_nobody_asked) {
  captured_log const log;
  service_notifier ours{supervision{}};
  ours.ready();
  ours.stopping();
  ours.alive();
  EXPECT_FALSE(ours.sweep(start));
  EXPECT_TRUE(log.lines().empty());
}

}  // namespace
}  // namespace nsqlookupd
