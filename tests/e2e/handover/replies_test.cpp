// SPDX-License-Identifier: MIT
//
// Replies that clients have not read when a hand-over comes.
#include "eventually.hpp"
#include "replaceable_server.hpp"
#include "sanitized.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using std::chrono::steady_clock;
using test_support::eventually;
using test_support::http_client;
using test_support::lookup_client;

constexpr int small_buffer = 4096;

// Each is answered by a text of its own, which is longer than the command.
std::string numbered_command(std::size_t number) {
  return "REGISTER " + std::to_string(number) + "!\n";
}

std::string reply_to_numbered(std::size_t number) {
  return "E_BAD_TOPIC REGISTER topic name '" + std::to_string(number) + "!' is not valid";
}

// Sends from a thread of its own. Where it cannot, a reply is missing.
class sending {
 public:
  sending(test_support::tcp_client const& client, std::string_view bytes)
      : thread_{[&client, bytes] {
          try {
            client.send(bytes);
          } catch (std::exception const& error) {
            ADD_FAILURE() << error.what();
          }
        }} {}

 private:
  std::jthread thread_;
};

class unread_replies : public testing::TestWithParam<char const*> {
 protected:
  replaceable_server server{{.flags = {GetParam()}}};
};
INSTANTIATE_TEST_SUITE_P(with, unread_replies, testing::ValuesIn(thread_flags), name_of_threads);

TEST_P(unread_replies, of_a_producer_come_after_it_each_once) {
  // They are equally long, and sent over and over.
  std::string commands;
  for (std::size_t number = 10'000; number < 20'000; ++number) {
    commands += numbered_command(number);
  }
  auto const command_size = numbered_command(10'000).size();
  // The kernel holds far less.
  constexpr std::size_t limit = 200'000'000;
  lookup_client client{server.running().tcp_port(), "127.0.0.1", small_buffer};
  client.identify();
  auto const sent = client.send_until_stuck(commands, limit);
  server.hand_over();
  server.hand_over();
  client.widen_buffer();
  auto const count = sent / command_size + 1;
  auto const unsent = count * command_size - sent;
  sending const rest{client, std::string_view{commands}.substr(sent % commands.size(), unsent)};
  std::size_t good = 0;
  while (good < count && client.receive_frame() == reply_to_numbered(10'000 + good % 10'000)) {
    ++good;
  }
  EXPECT_EQ(good, count);
  EXPECT_FALSE(client.is_readable());
}

TEST_P(unread_replies, of_many_producers_come_after_it_each_once) {
  constexpr std::size_t each = 50;
  std::vector<lookup_client> clients;
  std::string commands;
  for (std::size_t number = 0; number < each; ++number) {
    commands += numbered_command(number);
  }
  for (int client = 0; client < 200; ++client) {
    clients.push_back(server.producer("10.0.0.1"));
  }
  for (auto const& client : clients) {
    client.send(commands);
  }
  server.hand_over();
  for (auto& client : clients) {
    for (std::size_t number = 0; number < each; ++number) {
      ASSERT_EQ(client.receive_frame(), reply_to_numbered(number));
    }
    EXPECT_EQ(client.command("PING"), "OK");
  }
}

TEST_P(unread_replies, to_pipelined_requests_come_after_it_each_once) {
  constexpr std::size_t topics = 200;
  auto writing = server.http_client();
  for (std::size_t topic = 0; topic < topics; ++topic) {
    auto const name = std::to_string(topic);
    ASSERT_EQ(writing.post("/channel/create?topic=t" + name + "&channel=c" + name).status(), 200);
  }
  std::vector<http_client> clients;
  for (int number = 0; number < 20; ++number) {
    clients.push_back(server.http_client());
  }
  for (auto const& client : clients) {
    for (std::size_t topic = 0; topic < topics; ++topic) {
      client.send("GET /channels?topic=t" + std::to_string(topic) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }
  }
  server.hand_over();
  for (auto& client : clients) {
    for (std::size_t topic = 0; topic < topics; ++topic) {
      ASSERT_EQ(client.receive_reply().body, R"({"channels":["c)" + std::to_string(topic) + "\"]}");
    }
    EXPECT_EQ(client.get("/ping").body, "OK");
    EXPECT_FALSE(client.is_readable());
  }
}

// Written page by page, as the client takes it.
TEST_P(unread_replies, to_a_request_with_a_long_answer_come_whole) {
  auto producer = server.producer("10.0.0.1");
  constexpr int topics = test_support::amount(30'000, 15'000);
  std::string commands;
  for (int topic = 0; topic < topics; ++topic) {
    commands += "REGISTER a-topic-with-a-long-name-" + std::to_string(topic) + " channel\n";
  }
  sending const all{producer, commands};
  for (int topic = 0; topic < topics; ++topic) {
    ASSERT_EQ(producer.receive_frame(), "OK");
  }
  auto const wanted = server.http_client().get("/debug").body;
  auto slow = server.http_client(small_buffer);
  slow.send("GET /debug HTTP/1.1\r\nHost: h\r\n\r\nGET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(
      eventually([&] { return server.metric("nsqlookupd_unsent_reply_bytes") > small_buffer; }));
  server.hand_over();
  slow.widen_buffer();
  EXPECT_TRUE(slow.receive_reply().body == wanted);
  EXPECT_EQ(slow.receive_reply().body, "OK");
}

TEST_P(unread_replies, of_a_client_that_has_finished_sending_come_before_the_end) {
  auto client = server.producer("10.0.0.1", {"t"});
  client.send(numbered_command(1) + numbered_command(2));
  client.finish_sending();
  auto asking = server.http_client();
  asking.send("GET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  asking.finish_sending();
  server.hand_over();
  EXPECT_EQ(client.receive_frame(), reply_to_numbered(1));
  EXPECT_EQ(client.receive_frame(), reply_to_numbered(2));
  EXPECT_EQ(client.receive_to_end(), "");
  EXPECT_EQ(asking.receive_reply().body, "OK");
  EXPECT_TRUE(eventually([&] { return server.metric("nsqlookupd_producers") == 0; }));
}

// A session that has sent the last of them is at rest, though its client stays silent.
TEST_P(unread_replies, that_are_read_between_two_of_them_hold_up_no_hand_over) {
  constexpr std::chrono::seconds limit{4};
  lookup_client client{server.running().tcp_port(), "127.0.0.1", small_buffer};
  client.identify();
  auto const command = "REGISTER " + std::string(4'000, '!') + '\n';
  auto const has_unsent = [&] { return server.metric("nsqlookupd_unsent_reply_bytes") > 0; };
  std::size_t sent = 0;
  // One at a time, so that nothing is left to read when the last reply is left to send.
  do {
    client.send(command);
    ++sent;
    ASSERT_TRUE(eventually([&] {
      auto const executed = server.metric("nsqlookupd_commands_total{command=\"REGISTER\"}");
      return executed == static_cast<double>(sent) || has_unsent();
    }));
  } while (!has_unsent());
  server.hand_over();
  client.widen_buffer();
  for (; sent != 0; --sent) {
    ASSERT_TRUE(client.receive_frame().starts_with("E_BAD_TOPIC "));
  }
  auto const began = steady_clock::now();
  server.hand_over();
  EXPECT_LT(steady_clock::now() - began, limit) << "it waited until the client was cut";
  EXPECT_EQ(client.command("PING"), "OK");
}

TEST(open_connections, are_used_before_and_after) {
  replaceable_server server;
  auto consumer = server.http_client();
  auto producer = server.producer("10.0.0.1", {"t"});
  for (int round = 0; round < 3; ++round) {
    EXPECT_NE(consumer.get("/lookup?topic=t").body.find(producer.as_producer()), std::string::npos);
    auto const reply = consumer.get("/ping");
    EXPECT_EQ(reply.field("Connection"), "");
    EXPECT_EQ(producer.command("PING"), "OK");
    server.hand_over();
  }
  EXPECT_EQ(consumer.post("/topic/create?topic=u").status(), 200);
  EXPECT_EQ(producer.command("REGISTER u"), "OK");
}

}  // namespace
}  // namespace nsqlookupd::e2e
