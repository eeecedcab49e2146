// SPDX-License-Identifier: MIT
//
// TLS without a socket: what goes in, and what comes out.
#include <nsqlookupd/tls/engine.hpp>

#include "memory_client.hpp"
#include "tls_files.hpp"
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <array>
#include <string>

namespace nsqlookupd::tls::test {
namespace {

using condition = engine::condition;

class tls_engine : public testing::Test {
 protected:
  // Gives the client all that there is to send.
  void deliver() {
    auto const bytes = std::string{server->output()};
    client.give_received(bytes);
    server->sent(bytes.size());
  }

  void write_all(std::string_view plain) const {
    while (!plain.empty()) {
      auto const count = server->write(plain);
      ASSERT_NE(count, 0U);
      plain.remove_prefix(count);
    }
  }

  std::string read_all() const {
    std::string plain;
    std::array<char, 16384> some;
    while (auto const count = server->read(some)) {
      plain.append(some.data(), count);
    }
    return plain;
  }

  tls_files files;
  context const shared = make_context(files.settings);
  std::unique_ptr<engine> server = shared.new_engine();
  memory_client client;
};

TEST_F(tls_engine, shakes_hands_and_decrypts) {
  client.send("hello");
  exchange(client, *server);
  ASSERT_TRUE(client.shake_hands());
  client.send("hello");
  server->receive(client.take_sent());
  EXPECT_EQ(read_all(), "hello");
  EXPECT_EQ(server->state(), condition::open);
  EXPECT_EQ(server->failure(), "");
  EXPECT_FALSE(server->has_verified_peer());
}

TEST_F(tls_engine, encrypts) {
  exchange(client, *server);
  EXPECT_EQ(server->write("hello"), 5U);
  EXPECT_EQ(server->output().find("hello"), std::string::npos);
  deliver();
  EXPECT_EQ(client.receive(), "hello");
  EXPECT_EQ(server->output(), "");
}

TEST_F(tls_engine, takes_single_bytes) {
  exchange(client, *server, 1);
  ASSERT_TRUE(client.shake_hands());
  client.send("PING\n");
  client.send("PING\n");
  EXPECT_EQ(exchange(client, *server, 1), "PING\nPING\n");
}

TEST_F(tls_engine, takes_and_gives_a_lot_at_once) {
  std::string const plain(1'000'000, 'x');
  exchange(client, *server);
  client.send(plain);
  server->receive(client.take_sent());
  EXPECT_TRUE(read_all() == plain);
  EXPECT_FALSE(server->has_input());
  write_all(plain);
  deliver();
  EXPECT_TRUE(client.receive() == plain);
}

TEST_F(tls_engine, has_input_while_there_is_something_that_was_not_read) {
  exchange(client, *server);
  EXPECT_FALSE(server->has_input());
  client.send("  V1PING\n");
  client.send("PING\n");
  server->receive(client.take_sent());
  std::array<char, 4> magic;
  EXPECT_EQ(server->read(magic), 4U);
  EXPECT_TRUE(server->has_input());
  EXPECT_EQ(read_all(), "PING\nPING\n");
  EXPECT_FALSE(server->has_input());
}

TEST_F(tls_engine, says_the_end_once) {
  exchange(client, *server);
  server->close();
  auto const end = std::string{server->output()};
  EXPECT_NE(end, "");
  server->close();
  EXPECT_EQ(server->output(), end);
  deliver();
  EXPECT_EQ(client.receive(), "");
  EXPECT_TRUE(client.is_told_the_end());
  EXPECT_EQ(server->write("late"), 0U);
}

TEST_F(tls_engine, says_no_end_before_there_is_a_connection) {
  server->close();
  EXPECT_EQ(server->output(), "");
}

TEST_F(tls_engine, still_sends_when_the_client_has_finished) {
  exchange(client, *server);
  client.send("last");
  client.finish_sending();
  server->receive(client.take_sent());
  EXPECT_EQ(read_all(), "last");
  EXPECT_EQ(server->state(), condition::input_ended);
  EXPECT_TRUE(server->has_input());
  EXPECT_EQ(server->write("reply"), 5U);
  deliver();
  EXPECT_EQ(client.receive(), "reply");
}

TEST_F(tls_engine, answers_plain_http_in_plain_http) {
  server->receive("GET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(read_all(), "");
  EXPECT_EQ(server->state(), condition::failed);
  EXPECT_NE(server->failure().find("--http-address"), std::string::npos) << server->failure();
  EXPECT_TRUE(server->output().starts_with("HTTP/1.0 400 Bad Request\r\n")) << server->output();
}

TEST_F(tls_engine, names_the_port_for_the_plain_protocol) {
  server->receive("  V1PING\n");
  EXPECT_EQ(server->state(), condition::failed);
  EXPECT_NE(server->failure().find("--tcp-address"), std::string::npos) << server->failure();
  EXPECT_EQ(server->output(), "");
}

TEST_F(tls_engine, fails_on_what_is_no_tls) {
  server->receive(std::string(3, '\0'));
  EXPECT_EQ(server->state(), condition::failed);
  EXPECT_EQ(server->failure(), "not TLS on a TLS port");
  server->receive("GET ");
  EXPECT_EQ(read_all(), "");
  EXPECT_EQ(server->write("x"), 0U);
}

TEST_F(tls_engine, fails_in_the_handshake_with_an_alert) {
  server->receive(std::string{"\x16\x03\x01\x00\x05xxxxx", 10});
  EXPECT_EQ(read_all(), "");
  EXPECT_EQ(server->state(), condition::failed);
  EXPECT_TRUE(server->failure().starts_with("TLS handshake failed - ")) << server->failure();
  EXPECT_NE(server->output(), "");
}

TEST_F(tls_engine, fails_on_a_record_that_was_tampered_with) {
  exchange(client, *server);
  client.send("hello");
  auto bytes = client.take_sent();
  bytes.back() ^= 1;
  server->receive(bytes);
  EXPECT_EQ(read_all(), "");
  EXPECT_EQ(server->state(), condition::failed);
  EXPECT_TRUE(server->failure().starts_with("TLS failed - ")) << server->failure();
}

TEST_F(tls_engine, does_not_renegotiate) {
  client.speak_at_most(TLS1_2_VERSION);
  exchange(client, *server);
  ASSERT_TRUE(client.shake_hands());
  client.renegotiate();
  exchange(client, *server);
  EXPECT_FALSE(client.shake_hands());
}

TEST_F(tls_engine, speaks_http_1_1_and_no_other_protocol) {
  client.offer("\x02h2\x08http/1.1");
  exchange(client, *server);
  ASSERT_TRUE(client.shake_hands());
  EXPECT_EQ(client.chosen_protocol(), "http/1.1");

  auto const other_server = shared.new_engine();
  memory_client other;
  other.offer("\x02h2");
  exchange(other, *other_server);
  EXPECT_TRUE(other.shake_hands());
  EXPECT_EQ(other.chosen_protocol(), "");
}

struct version_case {
  version least;
  int spoken;
  bool is_good;
};

class tls_version_of_client : public testing::TestWithParam<version_case> {};

TEST_P(tls_version_of_client, must_not_be_less) {
  tls_files files;
  files.settings.min_version = GetParam().least;
  auto const server = make_context(files.settings).new_engine();
  memory_client client;
  client.speak_at_most(GetParam().spoken);
  exchange(client, *server);
  EXPECT_EQ(client.shake_hands(), GetParam().is_good);
}

INSTANTIATE_TEST_SUITE_P(cases, tls_version_of_client,
                         testing::Values(version_case{version::tls_1_0, TLS1_VERSION, true},
                                         version_case{version::tls_1_1, TLS1_VERSION, false},
                                         version_case{version::tls_1_1, TLS1_1_VERSION, true},
                                         version_case{version::tls_1_2, TLS1_1_VERSION, false},
                                         version_case{version::tls_1_2, TLS1_2_VERSION, true},
                                         version_case{version::tls_1_3, TLS1_2_VERSION, false},
                                         version_case{version::tls_1_3, TLS1_3_VERSION, true}));

}  // namespace
}  // namespace nsqlookupd::tls::test
