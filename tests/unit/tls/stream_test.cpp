// SPDX-License-Identifier: MIT
//
// TLS over one end of a socket pair: its input and its output.
#include <nsqlookupd/tls/stream.hpp>

#include "memory_client.hpp"
#include "tls_files.hpp"
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace nsqlookupd::tls::test {
namespace {

using condition = stream::condition;

class tls_stream : public testing::Test {
 protected:
  // Gives the client all that the server has sent.
  void deliver() { client.give_received(server.take_sent()); }

  // Carries bytes to the client whenever the socket is full.
  void write_all(std::string_view head, std::string_view body) {
    while (!head.empty() || !body.empty()) {
      auto const count = server->write(head, body);
      ASSERT_TRUE(count != 0 || server->wants_write());
      auto const from_head = std::min(count, head.size());
      head.remove_prefix(from_head);
      body.remove_prefix(count - from_head);
      deliver();
    }
  }

  std::string read_all() {
    std::string plain;
    std::array<char, 16384> some;
    while (auto const count = server->read(some)) {
      plain.append(some.data(), count);
    }
    return plain;
  }

  tls_files files;
  context const shared = make_context(files.settings);
  connected_stream server{shared};
  memory_client client;
};

TEST_F(tls_stream, shakes_hands_and_decrypts) {
  client.send("hello");
  exchange(client, server);
  ASSERT_TRUE(client.shake_hands());
  client.send("hello");
  EXPECT_EQ(server.give(client.take_sent()), "hello");
  EXPECT_EQ(server->state(), condition::open);
  EXPECT_EQ(server->failure(), "");
  EXPECT_FALSE(server->has_verified_peer());
}

TEST_F(tls_stream, encrypts_both_parts_in_one_record) {
  exchange(client, server);
  EXPECT_EQ(server->write("hello, ", "world"), 12U);
  auto const sent = server.take_sent();
  EXPECT_EQ(sent.find("hello"), std::string::npos);
  constexpr std::size_t most_of_one_record = 5 + 12 + 1 + 16;
  EXPECT_LE(sent.size(), most_of_one_record);
  client.give_received(sent);
  EXPECT_EQ(client.receive(), "hello, world");
}

TEST_F(tls_stream, takes_single_bytes) {
  exchange(client, server, 1);
  ASSERT_TRUE(client.shake_hands());
  client.send("PING\n");
  client.send("PING\n");
  EXPECT_EQ(exchange(client, server, 1), "PING\nPING\n");
}

TEST_F(tls_stream, takes_and_gives_a_lot_at_once) {
  std::string const plain(1'000'000, 'x');
  exchange(client, server);
  client.send(plain);
  EXPECT_TRUE(server.give(client.take_sent()) == plain);
  EXPECT_FALSE(server->reads_without_input());
  write_all("head", plain);
  EXPECT_TRUE(client.receive() == "head" + plain);
}

// The next attempt begins with the same bytes, but they may lie elsewhere, and more may follow.
TEST_F(tls_stream, goes_on_where_the_socket_was_full) {
  exchange(client, server);
  std::string const block(16384, 'x');
  std::size_t written = 0;
  while (auto const count = server->write(block, {})) {
    written += count;
  }
  ASSERT_TRUE(server->wants_write());
  deliver();
  write_all(std::string{block}, "more");
  EXPECT_EQ(client.receive().size(), written + block.size() + 4);
}

TEST_F(tls_stream, reads_without_input_while_there_is_something_that_was_not_read) {
  exchange(client, server);
  EXPECT_FALSE(server->reads_without_input());
  client.send("  V1PING\n");
  client.send("PING\n");
  server.send(client.take_sent());
  std::array<char, 4> magic;
  EXPECT_EQ(server->read(magic), 4U);
  EXPECT_TRUE(server->reads_without_input());
  std::array<char, 5> first;
  EXPECT_EQ(server->read(first), 5U);
  // The socket has the rest.
  EXPECT_FALSE(server->reads_without_input());
  EXPECT_EQ(read_all(), "PING\n");
}

// A session that waits for the rest must not spin.
TEST_F(tls_stream, waits_for_input_with_half_a_record) {
  exchange(client, server);
  client.send("PING\n");
  auto const record = client.take_sent();
  EXPECT_EQ(server.give(record.substr(0, 10)), "");
  EXPECT_FALSE(server->reads_without_input());
  EXPECT_EQ(server.give(record.substr(10)), "PING\n");
}

TEST_F(tls_stream, says_the_end_once) {
  exchange(client, server);
  server->close();
  auto const end = server.take_sent();
  EXPECT_NE(end, "");
  server->close();
  EXPECT_EQ(server.take_sent(), "");
  client.give_received(end);
  EXPECT_EQ(client.receive(), "");
  EXPECT_TRUE(client.is_told_the_end());
  EXPECT_EQ(server->write("late", {}), 0U);
}

TEST_F(tls_stream, says_no_end_before_there_is_a_connection) {
  server->close();
  EXPECT_EQ(server.take_sent(), "");
  EXPECT_EQ(server->write("early", {}), 0U);
  EXPECT_FALSE(server->wants_write());
}

TEST_F(tls_stream, still_sends_when_the_client_has_finished) {
  exchange(client, server);
  client.send("last");
  client.finish_sending();
  EXPECT_EQ(server.give(client.take_sent()), "last");
  EXPECT_EQ(server->state(), condition::input_ended);
  EXPECT_EQ(server->write("reply", {}), 5U);
  deliver();
  EXPECT_EQ(client.receive(), "reply");
}

TEST_F(tls_stream, takes_a_connection_that_ends_without_a_word_as_one_that_ended) {
  exchange(client, server);
  server.finish_sending();
  EXPECT_EQ(read_all(), "");
  EXPECT_EQ(server->state(), condition::input_ended);
  EXPECT_EQ(server->failure(), "");
}

TEST_F(tls_stream, answers_plain_http_in_plain_http) {
  EXPECT_EQ(server.give("GET /ping HTTP/1.1\r\nHost: h\r\n\r\n"), "");
  EXPECT_EQ(server->state(), condition::failed);
  EXPECT_NE(server->failure().find("-http-address"), std::string::npos) << server->failure();
  EXPECT_TRUE(server.take_sent().starts_with("HTTP/1.0 400 Bad Request\r\n"));
}

TEST_F(tls_stream, names_the_port_for_the_plain_protocol) {
  server.give("  V1PING\n");
  EXPECT_EQ(server->state(), condition::failed);
  EXPECT_NE(server->failure().find("-tcp-address"), std::string::npos) << server->failure();
  EXPECT_EQ(server.take_sent(), "");
}

TEST_F(tls_stream, fails_on_what_is_no_tls) {
  server.give(std::string(3, '\0'));
  EXPECT_EQ(server->state(), condition::failed);
  EXPECT_EQ(server->failure(), "not TLS on a TLS port");
  EXPECT_EQ(server.give("GET "), "");
  EXPECT_EQ(server->write("x", {}), 0U);
}

TEST_F(tls_stream, fails_in_the_handshake_with_an_alert) {
  EXPECT_EQ(server.give(std::string{"\x16\x03\x01\x00\x05xxxxx", 10}), "");
  EXPECT_EQ(server->state(), condition::failed);
  EXPECT_TRUE(server->failure().starts_with("TLS handshake failed - ")) << server->failure();
  EXPECT_NE(server.take_sent(), "");
}

TEST_F(tls_stream, fails_on_a_record_that_was_tampered_with) {
  exchange(client, server);
  client.send("hello");
  auto bytes = client.take_sent();
  bytes.back() ^= 1;
  EXPECT_EQ(server.give(bytes), "");
  EXPECT_EQ(server->state(), condition::failed);
  EXPECT_TRUE(server->failure().starts_with("TLS failed - ")) << server->failure();
}

TEST_F(tls_stream, does_not_renegotiate) {
  client.speak_at_most(TLS1_2_VERSION);
  exchange(client, server);
  ASSERT_TRUE(client.shake_hands());
  client.renegotiate();
  exchange(client, server);
  EXPECT_FALSE(client.shake_hands());
}

TEST_F(tls_stream, speaks_http_1_1_and_no_other_protocol) {
  client.offer("\x02h2\x08http/1.1");
  exchange(client, server);
  ASSERT_TRUE(client.shake_hands());
  EXPECT_EQ(client.chosen_protocol(), "http/1.1");

  connected_stream other_server{shared};
  memory_client other;
  other.offer("\x02h2");
  exchange(other, other_server);
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
  connected_stream server{make_context(files.settings)};
  memory_client client;
  client.speak_at_most(GetParam().spoken);
  exchange(client, server);
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
