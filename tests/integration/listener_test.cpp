// SPDX-License-Identifier: MIT
//
// The options that a listener sets on accepted sockets, which a client cannot see.
#include <nsqlookupd/net/listener.hpp>

#include "tcp_client.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <exception>
#include <new>

namespace nsqlookupd::net {
namespace {

namespace asio = boost::asio;

int option(int descriptor, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(::getsockopt(descriptor, level, name, &value, &size), 0);
  return value;
}

TEST(listener, notices_peers_that_vanish) {
  asio::io_context io;
  listener ours{io.get_executor(), "127.0.0.1", 0};
  int accepted = 0;
  client_intake const intake{"TCP", [] { return true; }, io.get_executor(),
                             [&](accepted_client client) {
                               ++accepted;
                               auto const socket = client.socket.native_handle();
                               EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_NODELAY), 1);
                               EXPECT_EQ(option(socket, SOL_SOCKET, SO_KEEPALIVE), 1);
                               EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_KEEPIDLE), 15);
                               EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_KEEPINTVL), 10);
                               EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_KEEPCNT), 3);
                               EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT), 45'000);
                             }};
  test_support::tcp_client const client{ours.local_endpoint().port()};
  ours.stop(intake);
  EXPECT_EQ(accepted, 1);
}

TEST(listener, of_a_passed_socket_leaves_those_who_wait_to_the_next) {
  asio::io_context io;
  listener bound{io.get_executor(), "127.0.0.1", 0};
  auto const pass = [&] { return passed_descriptor{::dup(bound.descriptor().number)}; };
  listener first{io.get_executor(), pass()};
  listener second{io.get_executor(), pass()};
  int accepted = 0;
  client_intake const intake{"TCP", [] { return true; }, io.get_executor(),
                             [&](accepted_client const&) {
                               ++accepted;
                               io.stop();
                             }};
  test_support::tcp_client const client{bound.local_endpoint().port()};
  first.stop(intake);
  EXPECT_EQ(accepted, 0);
  EXPECT_FALSE(client.is_readable());
  asio::co_spawn(io, second.accept_loop(intake),
                 [](std::exception_ptr const& failure) { EXPECT_EQ(failure, nullptr); });
  io.run_for(std::chrono::seconds{30});
  EXPECT_EQ(accepted, 1);
}

}  // namespace
}  // namespace nsqlookupd::net
