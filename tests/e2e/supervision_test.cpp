// SPDX-License-Identifier: MIT
//
// The server as a service manager starts it: with a socket for notices, a watchdog, and sockets
// that listen already.
#include "child_process.hpp"
#include "http_client.hpp"
#include "listening_socket.hpp"
#include "lookup_client.hpp"
#include "notify_socket.hpp"
#include "server_process.hpp"
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::child_process;
using test_support::file_descriptor;
using test_support::http_client;
using test_support::launch;
using test_support::lookup_client;
using test_support::notify_socket;

// By way of a shell, which knows the number that its process has and then becomes the server.
launch activated(std::vector<int> sockets, std::string const& names,
                 std::vector<std::string> variables = {}) {
  variables.push_back("LISTEN_FDS=" + std::to_string(sockets.size()));
  variables.push_back("LISTEN_FDNAMES=" + names);
  return {.program = "/bin/sh",
          .arguments = {"-c", R"(LISTEN_PID=$$ exec "$0" "$@")", NSQLOOKUPD_BINARY,
                        "-tcp-address=127.0.0.1:0", "-http-address=127.0.0.1:0"},
          .variables = std::move(variables),
          .passed = std::move(sockets)};
}

TEST(supervised_process, hears_when_the_server_is_ready_and_when_it_stops) {
  notify_socket const manager;
  server_process server{{.variables = {"NOTIFY_SOCKET=" + manager.name()}}};
  EXPECT_EQ(manager.next(), "READY=1");
  EXPECT_FALSE(manager.has_next());
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(manager.next(), "STOPPING=1");
}

void expect_signs_of_life(std::string const& threads) {
  notify_socket const manager;
  server_process server{{.flags = {"-threads=" + threads},
                         .variables = {"NOTIFY_SOCKET=" + manager.name(), "WATCHDOG_USEC=1000"}}};
  EXPECT_EQ(manager.next(), "READY=1");
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  EXPECT_EQ(server.stop(), 0);
}

TEST(supervised_process, hears_again_and_again_that_the_server_is_alive) {
  expect_signs_of_life("1");
  expect_signs_of_life("4");
}

TEST(socket_activation, serves_on_the_sockets_that_were_passed) {
  auto const tcp = listen_on_loopback();
  auto const http = listen_on_loopback();
  // Before there is a server: the kernel keeps them.
  lookup_client producer{tcp.port};
  http_client consumer{http.port};
  child_process server{activated({http.socket.number(), tcp.socket.number()}, "http:tcp")};
  EXPECT_TRUE(producer.identify().find("\"tcp_port\":" + std::to_string(tcp.port)) !=
              std::string::npos);
  EXPECT_EQ(producer.command("REGISTER t"), "OK");
  EXPECT_EQ(consumer.get("/topics").body, R"({"topics":["t"]})");
  server.send(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
  EXPECT_NE(server.error().find("TCP: listening on 127.0.0.1:" + std::to_string(tcp.port)),
            std::string::npos);
}

TEST(socket_activation, keeps_clients_waiting_for_the_next_server) {
  auto const tcp = listen_on_loopback();
  notify_socket const manager;
  std::vector<std::string> const notifying{"NOTIFY_SOCKET=" + manager.name()};
  child_process first{activated({tcp.socket.number()}, "tcp", notifying)};
  EXPECT_EQ(manager.next(), "READY=1");
  first.send(SIGTERM);
  EXPECT_EQ(first.wait(), 0);
  lookup_client producer{tcp.port};
  child_process second{activated({tcp.socket.number()}, "tcp")};
  EXPECT_EQ(producer.command("PING"), "OK");
}

TEST(socket_activation, of_what_does_not_listen_is_fatal_in_one_line) {
  auto const unheard = bind_loopback(SOCK_STREAM);
  auto const datagrams = bind_loopback(SOCK_DGRAM);
  file_descriptor const local{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  for (auto const& [socket, reason] :
       {std::pair{unheard.socket.number(), "Invalid argument"},
        std::pair{datagrams.socket.number(), "Protocol wrong type for socket"},
        std::pair{local.number(), "Address family not supported by protocol"}}) {
    auto const ended = test_support::run_to_end(activated({socket}, "tcp"));
    EXPECT_EQ(ended.status, 1);
    EXPECT_NE(ended.error.find("FATAL: failed to instantiate nsqlookupd - listen (descriptor 3) "
                               "failed - " +
                               std::string{reason} + "; it must be a TCP socket that listens\n"),
              std::string::npos)
        << ended.error;
  }
}

}  // namespace
}  // namespace nsqlookupd::e2e
