// SPDX-License-Identifier: MIT
//
// Clients of the TCP protocol that keep the server waiting. A connection that must not end is
// compared with a client that began to wait later and is cut.
#include "captured_log.hpp"
#include "eventually.hpp"
#include "lookup_client.hpp"
#include "running_server.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using namespace test_support;

config::options impatient() {
  auto settings = loopback_options();
  settings.handshake_timeout = 150ms;
  return settings;
}

class deadline : public testing::Test {
 protected:
  // Takes as long as the handshake may.
  void let_a_handshake_time_out() const {
    tcp_client silent{server.tcp_port()};
    ASSERT_EQ(silent.receive_to_end(), "");
  }

  // Sends a byte each time that so much time has passed, until the server has had enough.
  void expect_cut_while_trickling(tcp_client& client) const {
    for (int count = 0; count < 10 && !client.is_readable(); ++count) {
      client.send("x");
      let_a_handshake_time_out();
    }
    ASSERT_TRUE(client.is_readable());
  }

  [[nodiscard]] bool is_logged(tcp_client const& client, std::string const& reason) const {
    return log.wait_for("ERROR: client(" + client.name() + ") - " + reason);
  }

  captured_log log;
  running_server server{impatient()};
};

constexpr auto no_whole_command = "no whole command within -handshake-timeout=150ms";

TEST_F(deadline, ends_a_client_without_magic) {
  tcp_client silent{server.tcp_port()};
  tcp_client half{server.tcp_port()};
  half.send("  V");
  EXPECT_EQ(silent.receive_to_end(), "");
  EXPECT_EQ(half.receive_to_end(), "");
  EXPECT_TRUE(
      log.wait_for(std::string{"ERROR: failed to read protocol version - "} + no_whole_command));
}

TEST_F(deadline, ends_a_client_without_first_line) {
  lookup_client silent{server.tcp_port()};
  lookup_client half{server.tcp_port()};
  half.send("PIN");
  EXPECT_EQ(silent.receive_to_end(), "");
  EXPECT_EQ(half.receive_to_end(), "");
  EXPECT_TRUE(is_logged(silent, no_whole_command));
  EXPECT_TRUE(is_logged(half, no_whole_command));
}

TEST_F(deadline, is_not_put_off_by_single_bytes_of_the_first_line) {
  lookup_client client{server.tcp_port()};
  expect_cut_while_trickling(client);
}

TEST_F(deadline, ends_a_client_with_half_a_later_line) {
  lookup_client client{server.tcp_port()};
  EXPECT_EQ(client.command("PING"), "OK");
  client.send("PIN");
  EXPECT_EQ(client.receive_to_end(), "");
  EXPECT_TRUE(is_logged(client, no_whole_command));
}

TEST_F(deadline, is_not_put_off_by_single_bytes_of_a_later_line) {
  lookup_client client{server.tcp_port()};
  EXPECT_EQ(client.command("PING"), "OK");
  expect_cut_while_trickling(client);
}

TEST_F(deadline, ends_a_client_with_half_a_body) {
  lookup_client client{server.tcp_port()};
  client.send(identify().substr(0, 30));
  EXPECT_EQ(client.receive_to_end(), "");
  EXPECT_TRUE(is_logged(client, no_whole_command));
}

TEST_F(deadline, is_not_put_off_by_single_bytes_of_a_body) {
  lookup_client client{server.tcp_port()};
  client.send(identify(std::string(1'000, ' ')).substr(0, 20));
  expect_cut_while_trickling(client);
}

TEST_F(deadline, resets_a_refused_client_that_does_not_close) {
  lookup_client client{server.tcp_port()};
  client.send(std::string(4'097, 'x'));
  EXPECT_EQ(client.receive_frame(), "E_INVALID line is longer than 4096 bytes");
  EXPECT_EQ(client.receive_to_end(), "");
  EXPECT_TRUE(client.is_reset());
}

TEST_F(deadline, takes_the_producer_out_of_the_registry) {
  lookup_client client{server.tcp_port()};
  client.identify();
  client.send("REGISTER");
  EXPECT_EQ(client.receive_to_end(), "");
  EXPECT_TRUE(log.wait_for("DB: client(" + client.name() + ") UNREGISTER category:client"));
}

TEST_F(deadline, does_not_run_between_commands) {
  lookup_client client{server.tcp_port()};
  EXPECT_EQ(client.command("PING"), "OK");
  let_a_handshake_time_out();
  let_a_handshake_time_out();
  EXPECT_EQ(client.command("PING"), "OK");
  client.identify();
  let_a_handshake_time_out();
  let_a_handshake_time_out();
  EXPECT_EQ(client.command("PING"), "OK");
}

config::options impatient_with_producers() {
  auto settings = impatient();
  settings.producer_idle_timeout = 200ms;
  return settings;
}

class producer_deadline : public deadline {
 protected:
  running_server strict_server{impatient_with_producers()};
};

TEST_F(producer_deadline, ends_a_silent_producer) {
  lookup_client client{strict_server.tcp_port()};
  client.identify();
  EXPECT_EQ(client.command("REGISTER t"), "OK");
  EXPECT_EQ(client.receive_to_end(), "");
  EXPECT_TRUE(is_logged(client, "nothing heard within -producer-idle-timeout=200ms"));
  EXPECT_TRUE(log.wait_for("DB: client(" + client.name() + ") UNREGISTER category:topic key:t"));
}

TEST_F(producer_deadline, does_not_run_for_a_client_that_is_no_producer) {
  lookup_client client{strict_server.tcp_port()};
  EXPECT_EQ(client.command("PING"), "OK");
  lookup_client producer{strict_server.tcp_port()};
  producer.identify();
  EXPECT_EQ(producer.receive_to_end(), "");
  EXPECT_EQ(client.command("PING"), "OK");
}

TEST_F(producer_deadline, begins_anew_with_each_command) {
  lookup_client client{strict_server.tcp_port()};
  client.identify();
  // Its silence is shorter than the handshake of somebody who came before; in all it is longer.
  for (int count = 0; count < 5; ++count) {
    tcp_client silent{server.tcp_port()};
    EXPECT_TRUE(eventually([&] {
      EXPECT_EQ(client.command("PING"), "OK");
      return silent.is_readable();
    }));
  }
}

}  // namespace
}  // namespace nsqlookupd
