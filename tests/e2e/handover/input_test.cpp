// SPDX-License-Identifier: MIT
//
// Commands and requests of which a part comes before a hand-over, and the rest after it.
#include "eventually.hpp"
#include "replaceable_server.hpp"
#include "sanitized.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;
using test_support::frame;
using test_support::identify;
using test_support::identity_of;
using test_support::lookup_client;
using test_support::tcp_client;

std::string announce(std::string_view topic) {
  return "ANNOUNCE " + std::string{topic} + " c 4150\n" + frame("10.0.0.9\n");
}

// Every kind of command, good and bad, and a body that is dropped.
std::string producer_bytes() {
  return "  V1PING\n" + identify(identity_of("10.0.0.1")) + "REGISTER t c\nNONSENSE\n" +
         identify("{\"never\":\"read\"}") + "REGISTER bad! c\nREGISTER u\r\nUNREGISTER u\n" +
         announce("v") + "PING\n";
}

std::string old_producer_bytes() {
  return "  V1" + announce("t") + announce("u") + "ANNOUNCE t c\nREGISTER v\nPING\n";
}

std::string refused_identities() {
  return "  V1" + identify("{}") + identify("[") + "REGISTER t\n" +
         identify(identity_of("10.0.0.2")) + "REGISTER t\n";
}

std::string request_bytes() {
  return "POST /topic/create?topic=t HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody"
         "POST /channel/create?topic=t&channel=c HTTP/1.1\r\nHost: h\r\n"
         "Transfer-Encoding: chunked\r\n\r\n5\r\nchunk\r\n3;x=y\r\nend\r\n0\r\n\r\n"
         "GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\nGET /channels?topic=t HTTP/1.1\r\nHost: h\r\n"
         "Connection: close\r\n\r\n";
}

// Replies without what differs from one to the next.
std::string without_dates(std::string text) {
  constexpr std::string_view label = "Date: ";
  for (auto at = text.find(label); at != text.npos; at = text.find(label, at)) {
    text.erase(at, text.find("\r\n", at) - at);
  }
  return text;
}

std::string replies_to(tcp_client& client) {
  client.finish_sending();
  return without_dates(client.receive_to_end());
}

// One client for each number of bytes that it may have sent before the hand-over.
class cut_input : public testing::Test {
 protected:
  void expect_the_same_replies(std::string const& bytes) {
    auto const port = server.running().tcp_port();
    auto const wanted = replies_to_all(port, bytes);
    auto clients = begin(port, bytes);
    wait_for_clients("nsqlookupd_tcp_connections", clients.size());
    server.hand_over();
    for (std::size_t cut = 0; cut < clients.size(); ++cut) {
      clients[cut].send(std::string_view{bytes}.substr(cut));
      ASSERT_EQ(replies_to(clients[cut]), wanted) << "cut behind " << bytes.substr(0, cut);
    }
  }

  static std::string replies_to_all(std::uint16_t port, std::string const& bytes) {
    tcp_client whole{port};
    whole.send(bytes);
    return replies_to(whole);
  }

  static std::vector<tcp_client> begin(std::uint16_t port, std::string const& bytes) {
    std::vector<tcp_client> clients;
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
      clients.emplace_back(port).send(std::string_view{bytes}.substr(0, cut));
    }
    return clients;
  }

  void wait_for_clients(std::string_view gauge, std::size_t count) {
    EXPECT_TRUE(eventually([&] { return server.metric(gauge) >= static_cast<double>(count); }));
  }

  replaceable_server server;
};

TEST_F(cut_input, of_a_producer_is_answered_as_if_it_came_at_once) {
  expect_the_same_replies(producer_bytes());
}

TEST_F(cut_input, of_a_producer_of_2012_is_answered_as_if_it_came_at_once) {
  expect_the_same_replies(old_producer_bytes());
}

TEST_F(cut_input, of_a_producer_that_is_refused_is_answered_as_if_it_came_at_once) {
  expect_the_same_replies(refused_identities());
}

TEST_F(cut_input, of_another_protocol_is_answered_as_if_it_came_at_once) {
  // Nothing behind it: the server closes the connection, on a slow machine before more is sent.
  expect_the_same_replies("  V2");
}

// Requests in progress are answered before: the server waits for their rest.
TEST_F(cut_input, of_a_consumer_is_answered_as_if_it_came_at_once) {
  auto const port = server.running().http_port();
  auto const bytes = request_bytes();
  auto const wanted = replies_to_all(port, bytes);
  auto clients = begin(port, bytes);
  wait_for_clients("nsqlookupd_http_connections", clients.size());
  server.running().process().send(SIGUSR2);
  for (std::size_t cut = 0; cut < clients.size(); ++cut) {
    clients[cut].send(std::string_view{bytes}.substr(cut));
    clients[cut].finish_sending();
  }
  for (std::size_t cut = 0; cut < clients.size(); ++cut) {
    ASSERT_EQ(without_dates(clients[cut].receive_to_end()), wanted)
        << "cut behind " << bytes.substr(0, cut);
  }
  EXPECT_TRUE(server.log().wait_for("HANDOVER: resumed "));
}

TEST_F(cut_input, of_a_consumer_that_stays_away_holds_nobody_up) {
  auto half = server.http_client();
  half.send("GET /pi");
  auto body = server.http_client();
  body.send("POST /topic/create?topic=t HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nb");
  auto whole = server.http_client();
  EXPECT_EQ(whole.get("/ping").body, "OK");
  wait_for_clients("nsqlookupd_http_connections", 3);
  server.hand_over();
  EXPECT_EQ(whole.get("/ping").body, "OK");
  EXPECT_EQ(half.receive_to_end(), "");
  EXPECT_EQ(body.receive_to_end(), "");
}

TEST_F(cut_input, is_put_together_over_many_hand_overs) {
  constexpr std::size_t piece = test_support::amount(23, 115);
  auto const port = server.running().tcp_port();
  auto const bytes = producer_bytes();
  auto const wanted = replies_to_all(port, bytes);
  tcp_client client{port};
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    client.send(std::string_view{bytes}.substr(at, piece));
    server.hand_over();
  }
  EXPECT_EQ(replies_to(client), wanted);
}

TEST_F(cut_input, of_a_large_body_is_not_lost) {
  constexpr std::size_t padding = 900'000;
  auto const body = identity_of("10.0.0.1");
  auto const bytes = identify("{\"x\":\"" + std::string(padding, '~') + "\"," + body.substr(1));
  auto client = server.lookup_client();
  client.send(std::string_view{bytes}.substr(0, bytes.size() / 2));
  EXPECT_TRUE(eventually(
      [&] { return server.metric("nsqlookupd_unfinished_input_bytes") > padding / 3.0; }));
  server.hand_over();
  EXPECT_GT(server.metric("nsqlookupd_unfinished_input_bytes"), padding / 3.0);
  client.send(std::string_view{bytes}.substr(bytes.size() / 2));
  EXPECT_NE(client.receive_frame().find("\"tcp_port\":"), std::string::npos);
  EXPECT_EQ(client.command("REGISTER t"), "OK");
  EXPECT_NE(server.http_client().get("/lookup?topic=t").body.find(client.as_producer()),
            std::string::npos);
  EXPECT_EQ(server.metric("nsqlookupd_unfinished_input_bytes"), 0);
}

// As many as fit behind the one that is served.
TEST_F(cut_input, of_connections_that_nobody_has_accepted_is_read) {
  server.running().process().pause();
  std::vector<lookup_client> clients;
  for (int number = 0; number < 20; ++number) {
    clients.push_back(server.lookup_client());
    clients.back().send("PING\n");
  }
  server.running().process().send(SIGUSR2);
  server.running().process().resume();
  EXPECT_TRUE(server.log().wait_for("HANDOVER: resumed "));
  for (auto& client : clients) {
    EXPECT_EQ(client.receive_frame(), "OK");
    EXPECT_EQ(client.command("PING"), "OK");
  }
}

}  // namespace
}  // namespace nsqlookupd::e2e
