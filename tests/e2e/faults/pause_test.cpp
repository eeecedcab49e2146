// SPDX-License-Identifier: MIT
//
// A process that stands still for longer than any of its deadlines: SIGSTOP, a frozen container or
// virtual machine. The bytes that clients sent meanwhile were sent in time.
#include "besieged_server.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::http_client;
using test_support::lookup_client;
using test_support::tcp_client;

// More than what one look at the kernel brings (128), so that some are still unread when the first
// deadlines could be judged.
constexpr std::size_t many = 300;

// Long enough to get all clients into their places, and shorter than a pause.
constexpr auto deadline = "5s";

// A second server's deadline tells when the pause is over.
void let_pass(std::string const& duration) {
  server_process const other{{.flags = {"-handshake-timeout=" + duration}}};
  tcp_client silent{other.tcp_port()};
  EXPECT_EQ(silent.receive_to_end(), "");
}

// A server whose log is of no interest.
server_start silent_with(std::vector<std::string> const& limits) {
  server_start how{.flags = {"-log-level=fatal"},
                   .error = test_support::error_output::full_device,
                   .says_where = false};
  for (auto const& limit : limits) {
    how.flags.push_back(limit + '=' + deadline);
  }
  return how;
}

TEST(pause, cuts_no_client_if_its_input_came_meanwhile) {
  server_process server{silent_with({"-handshake-timeout", "-producer-idle-timeout",
                                     "-http-idle-timeout", "-http-header-timeout"})};
  std::vector<lookup_client> half_lines;
  std::vector<lookup_client> producers;
  std::vector<http_client> idle;
  std::vector<http_client> half_requests;
  for (std::size_t count = 0; count < many; ++count) {
    producers.push_back(server.lookup_client());
    producers.back().identify();
    idle.push_back(server.http_client());
    EXPECT_EQ(idle.back().get("/ping").body, "OK");
    half_lines.push_back(server.lookup_client());
    half_lines.back().send("PI");
    half_requests.push_back(server.http_client());
    half_requests.back().send("GET /ping HT");
  }
  EXPECT_TRUE(server.answers());
  server.process().pause();
  // So that the server's own timer is due before there is any input.
  let_pass("300ms");
  for (std::size_t index = 0; index < many; ++index) {
    producers[index].send("PING\n");
    idle[index].send("GET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
    half_lines[index].send("NG\n");
    half_requests[index].send("TP/1.1\r\nHost: h\r\n\r\n");
  }
  let_pass("6s");
  server.process().resume();
  std::size_t served = 0;
  for (std::size_t index = 0; index < many; ++index) {
    served += producers[index].receive_frame() == "OK" ? 1U : 0U;
    served += idle[index].receive_reply().body == "OK" ? 1U : 0U;
    served += half_lines[index].receive_frame() == "OK" ? 1U : 0U;
    served += half_requests[index].receive_reply().body == "OK" ? 1U : 0U;
  }
  EXPECT_EQ(served, 4 * many);
  EXPECT_EQ(server.stop(), 0);
}

TEST(pause, keeps_a_producer_active_if_its_ping_came_meanwhile) {
  server_process server{silent_with({"-inactive-producer-timeout"})};
  std::vector<lookup_client> producers;
  for (std::size_t count = 0; count < many; ++count) {
    producers.push_back(server.lookup_client());
    producers.back().identify("10.0.0." + std::to_string(count));
    EXPECT_EQ(producers.back().command("REGISTER t"), "OK");
  }
  auto consumer = server.http_client();
  EXPECT_EQ(consumer.get("/ping").body, "OK");
  for (auto& producer : producers) {
    EXPECT_EQ(producer.command("PING"), "OK");
  }
  server.process().pause();
  let_pass("300ms");
  // The question is read first.
  consumer.send("GET /lookup?topic=t HTTP/1.1\r\nHost: h\r\n\r\n");
  for (auto const& producer : producers) {
    producer.send("PING\n");
  }
  let_pass("6s");
  server.process().resume();
  auto const answer = consumer.receive_reply().body;
  for (std::size_t count = 0; count < many; ++count) {
    EXPECT_NE(answer.find("\"10.0.0." + std::to_string(count) + '"'), std::string::npos) << count;
    EXPECT_EQ(producers[count].receive_frame(), "OK");
  }
  EXPECT_EQ(server.stop(), 0);
}

TEST(pause, cuts_a_client_that_stays_late) {
  server_process server{{.flags = {"-handshake-timeout=1s"}}};
  lookup_client late{server.tcp_port()};
  late.send("PI");
  EXPECT_TRUE(server.answers());
  server.process().pause();
  let_pass("1500ms");
  server.process().resume();
  EXPECT_EQ(late.receive_to_end(), "");
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace nsqlookupd::e2e
