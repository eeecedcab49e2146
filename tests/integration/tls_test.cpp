// SPDX-License-Identifier: MIT
//
// Both protocols over TLS: the same sessions, so what is tested is what stands between.
#include "any_thread_count.hpp"
#include "captured_log.hpp"
#include "eventually.hpp"
#include "tls_server.hpp"
#include "v1_wire.hpp"

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using namespace test_support;

class over_tls : public testing::TestWithParam<std::size_t> {
 protected:
  [[nodiscard]] config::options settings() {
    world.settings.threads = GetParam();
    return world.settings;
  }
  [[nodiscard]] http_client https() const { return world.https_client(server); }
  [[nodiscard]] lookup_client producer() const { return world.lookup_client_over_tls(server); }

  tls_world world;
  running_server server{settings()};
};
INSTANTIATE_TEST_SUITE_P(threads, over_tls, one_and_four_threads());

TEST_P(over_tls, producers_register_and_vanish) {
  auto first = producer();
  first.identify();
  EXPECT_EQ(first.command("REGISTER t1 c1"), "OK");
  http_client plain{server.http_port()};
  EXPECT_EQ(plain.get("/lookup?topic=t1").body,
            R"({"channels":["c1"],"producers":[)" + first.as_producer() + "]}");
  EXPECT_EQ(https().get("/lookup?topic=t1").body, plain.get("/lookup?topic=t1").body);
  first.reset();
  EXPECT_TRUE(eventually([&] {
    return plain.get("/lookup?topic=t1").body == R"({"channels":["c1"],"producers":[]})";
  }));
}

TEST_P(over_tls, commands_come_in_any_pieces) {
  auto client = producer();
  auto const commands = identify(identity_of("10.0.0.1")) + "REGISTER t1 c1\nPING\n";
  for (char const byte : commands) {
    client.send({&byte, 1});
  }
  EXPECT_TRUE(client.receive_frame().starts_with(R"({"broadcast_address":)"));
  EXPECT_EQ(client.receive_frame(), "OK");
  EXPECT_EQ(client.receive_frame(), "OK");
}

// The magic is read by itself. Commands that came with it must be answered without more input.
TEST_P(over_tls, commands_may_come_in_one_piece_with_the_magic) {
  tcp_client client{server.tcp_tls_port()};
  client.start_tls(world.client());
  client.send("  V1PING\nPING\n");
  EXPECT_EQ(client.receive_frame(), "OK");
  EXPECT_EQ(client.receive_frame(), "OK");
}

TEST_P(over_tls, a_client_that_finished_sending_gets_its_replies_and_the_end) {
  auto client = producer();
  client.send("PING\nPING\n");
  client.finish_sending();
  EXPECT_EQ(client.receive_to_end(), frame("OK") + frame("OK"));
}

TEST_P(over_tls, requests_are_kept_alive_and_pipelined) {
  auto client = https();
  EXPECT_EQ(client.get("/ping").body, "OK");
  client.send("GET /ping HTTP/1.1\r\nHost: h\r\n\r\nGET /topics HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.receive_reply().body, "OK");
  EXPECT_EQ(client.receive_reply().body, R"({"topics":[]})");
}

// receive_to_end() throws unless the server says in TLS that it is the end.
TEST_P(over_tls, the_end_is_said) {
  auto client = https();
  client.send("GET /ping HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.receive_to_end().ends_with("\r\n\r\nOK"));
  auto refused = https();
  refused.send("nonsense\r\n\r\n");
  EXPECT_TRUE(refused.receive_to_end().starts_with("HTTP/1.1 400 Bad Request\r\n"));
}

TEST_P(over_tls, big_answers_get_through_to_a_slow_reader) {
  auto client = producer();
  client.identify();
  std::string topics;
  std::string const padding(50, 'x');
  for (int number = 10'000; number < 40'000; ++number) {
    auto const name = 't' + std::to_string(number) + padding;
    client.send("REGISTER " + name + '\n');
    topics += (topics.empty() ? "\"" : ",\"") + name + '"';
  }
  for (int number = 10'000; number < 40'000; ++number) {
    ASSERT_EQ(client.receive_frame(), "OK");
  }
  http_client slow{server.https_port(), "127.0.0.1", 4096};
  slow.start_tls(world.client());
  slow.send("GET /topics HTTP/1.1\r\nHost: h\r\n\r\nGET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(https().get("/ping").body, "OK");
  slow.widen_buffer();
  EXPECT_TRUE(slow.receive_reply().body == R"({"topics":[)" + topics + "]}");
  EXPECT_EQ(slow.receive_reply().body, "OK");
}

TEST_P(over_tls, commands_before_the_stop_are_answered) {
  auto waiting = producer();
  EXPECT_EQ(waiting.command("PING"), "OK");
  auto consumer = https();
  EXPECT_EQ(consumer.get("/ping").body, "OK");
  tcp_client const silent{server.tcp_tls_port()};
  tcp_client const half{server.https_port()};
  half.send("\x16\x03\x01");
  waiting.send("PING\nPING\nPI");
  consumer.send("GET /ping HTTP/1.1\r\nHost: h\r\n\r\nGE");
  server.stop();
  EXPECT_EQ(waiting.receive_to_end(), frame("OK") + frame("OK"));
  EXPECT_EQ(consumer.receive_reply().body, "OK");
  EXPECT_EQ(consumer.receive_to_end(), "");
  server.wait_for_end();
}

class tls_handshake_deadline : public testing::Test {
 protected:
  [[nodiscard]] config::options settings() {
    world.settings.handshake_timeout = 150ms;
    world.settings.http_header_timeout = 150ms;
    return world.settings;
  }

  static void expect_cut(std::uint16_t port) {
    tcp_client silent{port};
    EXPECT_EQ(silent.receive_to_end(), "");
    tcp_client half{port};
    half.send("\x16\x03\x01");
    EXPECT_EQ(half.receive_to_end(), "");
  }

  tls_world world;
  captured_log log;
  running_server server{settings()};
};

TEST_F(tls_handshake_deadline, ends_a_client_that_is_silent_or_half_way) {
  expect_cut(server.tcp_tls_port());
  expect_cut(server.https_port());
  EXPECT_TRUE(
      log.wait_for("failed to read protocol version - no whole command within "
                   "-handshake-timeout=150ms"));
}

TEST_F(tls_handshake_deadline, ends_a_client_that_says_nothing_after_it) {
  auto half = world.lookup_client_over_tls(server);
  half.send("REGIS");
  EXPECT_THROW(static_cast<void>(half.receive_to_end()), std::runtime_error);
}

class tls_write_deadline : public testing::Test {
 protected:
  [[nodiscard]] config::options settings() {
    world.settings.write_timeout = 1s;
    return world.settings;
  }
  tls_world world;
  captured_log log;
  running_server server{settings()};
};

// It sends commands and reads no replies, so that the server can get rid of no more.
TEST_F(tls_write_deadline, ends_a_client_that_takes_nothing) {
  tcp_client client{server.tcp_tls_port(), "127.0.0.1", 4096};
  client.start_tls(world.client());
  std::string commands = "  V1";
  for (int count = 0; count < 100'000; ++count) {
    commands += "no such command\n";
  }
  try {
    for (int count = 0; count < 1000; ++count) {
      client.send(commands);
      commands.erase(0, count == 0 ? 4 : 0);
    }
    ADD_FAILURE() << "the server goes on reading";
  } catch (std::runtime_error const&) {
    EXPECT_TRUE(log.wait_for("reply not taken within -write-timeout=1s"));
  }
}

class wrong_port : public testing::Test {
 protected:
  tls_world world;
  captured_log log;
  running_server server{world.settings};
};

TEST_F(wrong_port, plain_http_on_a_tls_port_is_told_so) {
  http_client client{server.https_port()};
  client.send("GET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.receive_head().status_line, "HTTP/1.0 400 Bad Request");
  EXPECT_EQ(client.receive_to_end(), "Client sent an HTTP request to an HTTPS server.\n");
  EXPECT_TRUE(log.wait_for("WARNING: client(" + client.name() +
                           ") - plain HTTP on a TLS port: begin the URL with https://, or use the "
                           "port of -http-address"));
}

TEST_F(wrong_port, the_plain_protocol_on_a_tls_port_is_logged) {
  lookup_client client{server.tcp_tls_port()};
  EXPECT_EQ(client.receive_to_end(), "");
  EXPECT_TRUE(
      log.wait_for("nsqd's plain TCP protocol on a TLS port: use the port of "
                   "-tcp-address"));
}

TEST_F(wrong_port, tls_on_a_plain_port_is_logged) {
  tcp_client first{server.http_port()};
  EXPECT_THROW(first.start_tls(world.client()), std::runtime_error);
  EXPECT_TRUE(log.wait_for("WARNING: client(" + first.name() +
                           ") speaks TLS to the plain HTTP port: point it at the port of "
                           "-https-address"));
  tcp_client second{server.tcp_port()};
  EXPECT_THROW(second.start_tls(world.client()), std::runtime_error);
  EXPECT_TRUE(log.wait_for("WARNING: client(" + second.name() +
                           ") speaks TLS to the plain TCP port: point it at the port of "
                           "-tcp-tls-address"));
}

class client_certificates : public testing::Test {
 protected:
  [[nodiscard]] config::options settings() {
    world.settings.tls_client_auth_policy = tls::client_auth::require_verify;
    return world.settings;
  }
  [[nodiscard]] std::string ping_with(tls_settings const& how) const {
    return world.https_client(server, how).get("/ping").body;
  }

  tls_world world;
  captured_log log;
  running_server server{settings()};
};

TEST_F(client_certificates, let_in_whom_the_root_vouches_for) {
  auto how = world.client();
  how.own = world.authority.issue("consumer");
  EXPECT_EQ(ping_with(how), "OK");
  EXPECT_EQ((lookup_client{server.tcp_tls_port(), how}.command("PING")), "OK");
}

TEST_F(client_certificates, keep_out_the_others_and_log_why) {
  EXPECT_THROW(static_cast<void>(ping_with(world.client())), std::runtime_error);
  EXPECT_TRUE(log.wait_for("TLS handshake failed - peer did not return a certificate"));
  auto stranger = world.client();
  stranger.own = certificate_authority{"elsewhere"}.issue("stranger");
  EXPECT_THROW(static_cast<void>(ping_with(stranger)), std::runtime_error);
  EXPECT_TRUE(log.wait_for("TLS handshake failed - certificate verify failed: "));
}

}  // namespace
}  // namespace nsqlookupd
