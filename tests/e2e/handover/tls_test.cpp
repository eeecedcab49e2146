// SPDX-License-Identifier: MIT
//
// Clients that speak TLS see the end of their connections in a hand-over, and may come back.
#include "certificate_authority.hpp"
#include "eventually.hpp"
#include "listening_port.hpp"
#include "replaceable_server.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;
using test_support::http_client;
using test_support::lookup_client;
using testing::HasSubstr;

constexpr char const* https_host = "127.0.0.5";

class over_tls : public testing::Test {
 protected:
  [[nodiscard]] server_start with_certificate() {
    auto const own = authority.issue("server");
    return {.flags = {"-tls-cert=" + files.write("server.pem", own.certificate),
                      "-tls-key=" + files.write("server.key", own.key),
                      "-tcp-tls-address=127.0.0.1:0",
                      "-https-address=" + std::string{https_host} + ":0"}};
  }

  [[nodiscard]] std::uint16_t port_over_tls() {
    constexpr std::string_view label = "TCP (TLS): listening on 127.0.0.1:";
    for (auto const& line : server.running().first_lines()) {
      if (auto const found = line.find(label); found != line.npos) {
        return static_cast<std::uint16_t>(std::stoul(line.substr(found + label.size())));
      }
    }
    ADD_FAILURE() << "it does not say where it listens";
    return 0;
  }

  [[nodiscard]] std::uint16_t https_port() {
    return listening_port(server.running().process().id(), https_host).value_or(0);
  }

  [[nodiscard]] lookup_client producer() {
    lookup_client client{port_over_tls(), test_support::tls_settings{authority.root()}};
    client.identify();
    EXPECT_EQ(client.command("REGISTER t"), "OK");
    return client;
  }

  [[nodiscard]] http_client consumer() {
    http_client client{https_port(), https_host};
    client.start_tls({authority.root()});
    EXPECT_EQ(client.get("/ping").body, "OK");
    return client;
  }

  // Whether `/lookup` has this producer, and no other.
  [[nodiscard]] bool is_all(lookup_client const& client) {
    return server.http_client().get("/lookup?topic=t").body ==
           R"({"channels":[],"producers":[)" + client.as_producer() + "]}";
  }

  test_support::certificate_authority authority;
  test_support::scratch_directory files;
  replaceable_server server{with_certificate()};
};

// receive_to_end() throws unless TLS says that it is the end.
TEST_F(over_tls, a_client_is_closed_and_comes_back) {
  for (int round = 0; round < 2; ++round) {
    auto first = producer();
    auto asking = consumer();
    auto plain = server.http_client();
    server.hand_over();
    EXPECT_EQ(first.receive_to_end(), "");
    EXPECT_EQ(asking.receive_to_end(), "");
    EXPECT_EQ(plain.get("/ping").body, "OK");
    auto const second = producer();
    EXPECT_TRUE(eventually([&] { return is_all(second); }));
    auto again = consumer();
    EXPECT_THAT(again.get("/lookup?topic=t").body, HasSubstr(second.as_producer()));
  }
}

// Its nsqd needs up to 30 s to come back; consumers must not lose it meanwhile.
TEST_F(over_tls, a_producer_is_listed_until_it_comes_back) {
  auto first = producer();
  EXPECT_TRUE(is_all(first));
  server.hand_over();
  EXPECT_EQ(first.receive_to_end(), "");
  EXPECT_TRUE(is_all(first));
  EXPECT_EQ(server.metric("nsqlookupd_restored_producers"), 1);
  auto const second = producer();
  EXPECT_TRUE(is_all(second));
  EXPECT_EQ(server.metric("nsqlookupd_restored_producers"), 0);
}

TEST_F(over_tls, a_command_before_it_is_answered) {
  auto client = producer();
  auto asking = consumer();
  client.send("PING\nPING\nPI");
  asking.send("GET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  server.hand_over();
  EXPECT_EQ(client.receive_frame(), "OK");
  EXPECT_EQ(client.receive_frame(), "OK");
  EXPECT_EQ(client.receive_to_end(), "");
  EXPECT_EQ(asking.receive_reply().body, "OK");
  EXPECT_EQ(asking.receive_to_end(), "");
}

TEST_F(over_tls, a_client_within_its_handshake_is_closed) {
  test_support::tcp_client half{port_over_tls()};
  half.send("\x16\x03\x01");
  test_support::tcp_client silent{port_over_tls()};
  EXPECT_TRUE(eventually([&] { return server.metric("nsqlookupd_tcp_connections") == 2; }));
  server.hand_over();
  static_cast<void>(half.receive_to_end());
  static_cast<void>(silent.receive_to_end());
  auto const next = producer();
  EXPECT_TRUE(is_all(next));
}

TEST_F(over_tls, a_new_certificate_is_served) {
  auto const own = authority.issue("renewed");
  files.write("server.key", own.key);
  files.write("server.pem", own.certificate);
  server.hand_over();
  EXPECT_EQ(producer().tls()->server_name(), "renewed");
}

}  // namespace
}  // namespace nsqlookupd::e2e
