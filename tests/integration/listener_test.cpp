// SPDX-License-Identifier: MIT
//
// What a listener does to the sockets that it accepts, which a client cannot see.
#include <nsqlookupd/net/listener.hpp>

#include "tcp_client.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

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
                             [&](accepted_client const& client) {
                               ++accepted;
                               EXPECT_EQ(option(client.descriptor, IPPROTO_TCP, TCP_NODELAY), 1);
                               EXPECT_EQ(option(client.descriptor, SOL_SOCKET, SO_KEEPALIVE), 1);
                               EXPECT_EQ(option(client.descriptor, IPPROTO_TCP, TCP_KEEPIDLE), 15);
                               EXPECT_EQ(option(client.descriptor, IPPROTO_TCP, TCP_KEEPINTVL), 10);
                               EXPECT_EQ(option(client.descriptor, IPPROTO_TCP, TCP_KEEPCNT), 3);
                               EXPECT_EQ(option(client.descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT),
                                         45'000);
                             }};
  test_support::tcp_client const client{ours.local_endpoint().port()};
  ours.stop(intake);
  EXPECT_EQ(accepted, 1);
}

TEST(listener, goes_on_when_a_session_cannot_be_started) {
  asio::io_context io;
  listener ours{io.get_executor(), "127.0.0.1", 0};
  int attempts = 0;
  client_intake const intake{"TCP", [] { return true; }, io.get_executor(),
                             [&](accepted_client const&) {
                               if (++attempts == 1) {
                                 throw std::bad_alloc{};
                               }
                               io.stop();
                             }};
  asio::co_spawn(io, ours.accept_loop(intake),
                 [](std::exception_ptr const& failure) { EXPECT_EQ(failure, nullptr); });
  test_support::tcp_client const first{ours.local_endpoint().port()};
  test_support::tcp_client const second{ours.local_endpoint().port()};
  io.run_for(std::chrono::seconds{30});
  EXPECT_EQ(attempts, 2);
}

}  // namespace
}  // namespace nsqlookupd::net
