// SPDX-License-Identifier: MIT
//
// Clients that send more than they read.
#include "any_thread_count.hpp"
#include "captured_log.hpp"
#include "repeat.hpp"
#include "sanitized.hpp"
#include "v1_wire.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <system_error>
#include <thread>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using namespace test_support;

constexpr int small_buffer = 4096;
constexpr std::size_t ping_size = 5;
constexpr std::size_t reply_size = 6;

class back_pressure : public any_thread_count {};
INSTANTIATE_TEST_SUITE_P(threads, back_pressure, one_and_four_threads());

TEST_P(back_pressure, stops_reading_until_the_client_reads_and_loses_no_reply) {
  lookup_client client{server.tcp_port(), "127.0.0.1", small_buffer};
  // The server must stop reading long before this limit. The kernel holds far less.
  constexpr std::size_t limit = 100'000'000;
  auto const sent = client.send_until_stuck(repeat("PING\n", 10'000), limit);
  EXPECT_EQ(new_lookup_client().command("PING"), "OK");

  std::size_t const whole_lines = sent / ping_size;
  client.finish_sending();
  client.widen_buffer();
  auto const replies = client.receive_to_end();
  EXPECT_EQ(replies.size(), whole_lines * reply_size);
  EXPECT_TRUE(replies == repeat(frame("OK"), whole_lines));
}

TEST_P(back_pressure, gets_a_million_replies_through) {
  auto client = new_lookup_client();
  constexpr std::size_t million = 1'000'000;
  std::jthread const sender{[&] { client.send(repeat("PING\n", million)); }};
  EXPECT_TRUE(client.receive(million * reply_size) == repeat(frame("OK"), million));
}

class write_deadline : public testing::Test {
 protected:
  static config::options settings() {
    auto result = loopback_options();
    result.write_timeout = 2s;
    result.handshake_timeout = 300ms;
    return result;
  }

  captured_log log{log::level::error};
  running_server server{settings()};
};

TEST_F(write_deadline, ends_a_client_that_never_reads) {
  lookup_client client{server.tcp_port(), "127.0.0.1", small_buffer};
  client.identify();
  std::jthread const sender{[&] {
    // Until it is cut.
    EXPECT_THROW(client.send(repeat("PING\n", amount(20'000'000, 5'000'000))), std::system_error);
  }};
  EXPECT_TRUE(
      log.wait_for("client(" + client.name() + ") - reply not taken within -write-timeout=2s"));
}

TEST_F(write_deadline, ends_an_http_client_that_never_reads) {
  http_client client{server.http_port(), "127.0.0.1", small_buffer};
  EXPECT_THROW(
      client.send(repeat("GET /ping HTTP/1.1\r\nHost: h\r\n\r\n", amount(5'000'000, 1'000'000))),
      std::system_error);
}

TEST_F(write_deadline, is_put_off_by_every_byte_that_is_taken) {
  constexpr std::size_t rounds = 10;
  constexpr std::size_t taken = 5'000;
  constexpr std::size_t pings = 400'000;
  // Made before the client connects, for a command must end in time, too.
  auto const commands = repeat("PING\n", pings);
  lookup_client client{server.tcp_port(), "127.0.0.1", small_buffer};
  // Sent from the side: a send that waits until the server has stopped reading may take a deadline.
  std::jthread const sender{[&] { EXPECT_NO_THROW(client.send(commands)); }};
  for (std::size_t count = 0; count < rounds; ++count) {
    ASSERT_EQ(client.receive(taken * reply_size).size(), taken * reply_size);
    // Each time shorter than the deadline, together longer.
    tcp_client silent{server.tcp_port()};
    EXPECT_EQ(silent.receive_to_end(), "");
  }
  client.widen_buffer();
  constexpr std::size_t rest = (pings - rounds * taken) * reply_size;
  EXPECT_EQ(client.receive(rest).size(), rest);
}

}  // namespace
}  // namespace nsqlookupd
