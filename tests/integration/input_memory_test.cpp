// SPDX-License-Identifier: MIT
//
// `-max-input-memory`: unfinished commands of all clients together.
#include "captured_log.hpp"
#include "eventually.hpp"
#include "http_client.hpp"
#include "lookup_client.hpp"
#include "running_server.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace test_support;

constexpr std::size_t limit = 100'000;

// Held as it is, since it comes in one piece.
std::string const body = identity_of("10.0.0.1") + std::string(40'000, ' ');
std::string const most = identify(body).substr(0, 30'000);
std::string const rest = identify(body).substr(30'000);
// Without the line before it, which is taken at once.
constexpr double most_of_body = 29'900;

class input_memory : public testing::Test {
 protected:
  static config::options settings() {
    auto result = loopback_options();
    result.max_input_memory = limit;
    return result;
  }

  // How much the server holds of what all clients have begun.
  double unfinished() {
    auto const text = http.get("/metrics").body;
    constexpr std::string_view name = "\nnsqlookupd_unfinished_input_bytes ";
    auto const found = text.find(name);
    EXPECT_NE(found, std::string::npos);
    return found == std::string::npos ? 0 : std::stod(text.substr(found + name.size()));
  }

  // Waits until the server holds this client's input besides `before`, or has said something.
  bool is_refused(tcp_client const& client, double before) {
    EXPECT_TRUE(
        eventually([&] { return client.is_readable() || unfinished() >= before + most_of_body; }));
    return client.is_readable();
  }

  // A client that has sent the greatest part of a command, not all of which is read yet.
  std::unique_ptr<lookup_client> half_way() {
    auto client = std::make_unique<lookup_client>(server.tcp_port());
    client->send("PING\n" + most);
    EXPECT_EQ(client->receive_frame(), "OK");
    return client;
  }

  // Fills it up with clients, and then the next is refused.
  void fill_up() {
    for (int count = 0; count < 100; ++count) {
      auto const before = unfinished();
      auto client = half_way();
      if (is_refused(*client, before)) {
        EXPECT_EQ(client->receive_frame(), refusal);
        client->send(std::string(1'000'000, 'x'));
        client->finish_sending();
        EXPECT_EQ(client->receive_to_end(), "");
        return;
      }
      holders.push_back(std::move(client));
    }
    FAIL() << "nobody was refused";
  }

  static constexpr auto refusal = "E_INVALID too much unfinished input is held already";

  captured_log log;
  running_server server{settings()};
  http_client http{server.http_port()};
  std::vector<std::unique_ptr<lookup_client>> holders;
};

TEST_F(input_memory, is_bounded_by_refusing_the_newest) {
  fill_up();
  EXPECT_GE(holders.size(), 2);
  EXPECT_LE(holders.size(), limit / most.size());
  for (auto const& client : holders) {
    client->send(rest);
    EXPECT_TRUE(client->receive_frame().starts_with("{"));
  }
  EXPECT_TRUE(log.wait_for(std::string{refusal} + " (-max-input-memory)"));
  EXPECT_TRUE(log.wait_for(std::string{") - "} + refusal));
}

TEST_F(input_memory, is_given_back) {
  fill_up();
  auto const capacity = holders.size();
  holders.clear();
  // A client that was refused or cut off holds nothing any more.
  EXPECT_TRUE(eventually([&] { return unfinished() == 0; }));
  auto const client = half_way();
  client->send(rest);
  EXPECT_TRUE(client->receive_frame().starts_with("{"));
  EXPECT_EQ(unfinished(), 0);
  fill_up();
  EXPECT_EQ(holders.size(), capacity);
}

TEST_F(input_memory, is_given_back_by_a_client_that_is_refused_more) {
  lookup_client greedy{server.tcp_port()};
  greedy.send(identify(std::string(limit, ' ')).substr(0, 30'000));
  EXPECT_FALSE(is_refused(greedy, 0));
  fill_up();
  greedy.send(std::string(30'000, ' '));
  EXPECT_EQ(greedy.receive_frame(), refusal);
  // It has not gone yet.
  auto const before = unfinished();
  auto const next = half_way();
  EXPECT_FALSE(is_refused(*next, before));
}

TEST_F(input_memory, is_never_refused_to_a_producer_for_a_line) {
  auto const producer = std::make_unique<lookup_client>(server.tcp_port());
  producer->identify();
  fill_up();
  auto const topic = std::string(64, 't');
  auto const before = unfinished();
  producer->send("REGISTER " + topic);
  EXPECT_TRUE(eventually([&] { return producer->is_readable() || unfinished() > before; }));
  producer->send("\n");
  EXPECT_EQ(producer->receive_frame(), "OK");
}

TEST_F(input_memory, is_refused_to_a_producer_for_a_body) {
  auto const producer = std::make_unique<lookup_client>(server.tcp_port());
  producer->identify();
  fill_up();
  auto const announce = "ANNOUNCE t1 . 4150\n" + frame(std::string(200'000, '\n') + "10.0.0.1\n");
  producer->send(announce.substr(0, 150'000));
  EXPECT_EQ(producer->receive_frame(), refusal);
}

TEST_F(input_memory, is_refused_to_http_clients_too) {
  fill_up();
  http_client other{server.http_port()};
  other.send("GET /ping HTTP/1.1\r\nHost: h\r\nA: " + std::string(30'000, 'x'));
  EXPECT_EQ(other.receive_reply().status_line, "HTTP/1.1 503 Service Unavailable");
  EXPECT_EQ(other.receive_to_end(), "");
  EXPECT_EQ(http.get("/ping").body, "OK");
}

}  // namespace
}  // namespace nsqlookupd
