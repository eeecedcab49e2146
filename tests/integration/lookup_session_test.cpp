// SPDX-License-Identifier: MIT
//
// An ordinary session of the TCP protocol, however its bytes are cut.
#include <nsqlookupd/config/options.hpp>
#include <nsqlookupd/config/version.hpp>

#include "any_thread_count.hpp"
#include "v1_wire.hpp"

#include <string>

namespace nsqlookupd {
namespace {

using namespace test_support;

class lookup_session : public any_thread_count {};
INSTANTIATE_TEST_SUITE_P(threads, lookup_session, one_and_four_threads());

constexpr int many_commands = 20'000;

TEST_P(lookup_session, tells_a_producer_who_the_server_is) {
  auto client = new_lookup_client();
  EXPECT_EQ(client.identify(), R"({"broadcast_address":"lookup.example","hostname":")" +
                                   config::host_name() + R"(","http_port":)" +
                                   std::to_string(server.http_port()) + R"(,"tcp_port":)" +
                                   std::to_string(server.tcp_port()) + R"(,"version":")" +
                                   std::string{config::version()} + R"("})");
}

TEST_P(lookup_session, takes_each_byte_by_itself) {
  tcp_client client{server.tcp_port()};
  auto other = new_http_client();
  for (char const byte : "  V1" + identify() + "REGISTER t1 ch1\r\nPING\n") {
    client.send({&byte, 1});
    // By the time that this is answered, the byte has been read.
    ASSERT_EQ(other.get("/ping").body, "OK");
  }
  EXPECT_TRUE(client.receive_frame().starts_with(R"({"broadcast_address":"lookup.example")"));
  EXPECT_EQ(client.receive_frame(), "OK");
  EXPECT_EQ(client.receive_frame(), "OK");
  EXPECT_TRUE(
      other.get("/lookup?topic=t1").body.starts_with(R"({"channels":["ch1"],"producers":[{)"));
}

TEST_P(lookup_session, answers_what_came_with_the_magic) {
  tcp_client client{server.tcp_port()};
  client.send("  V1PING\n");
  EXPECT_EQ(client.receive(6), frame("OK"));
}

TEST_P(lookup_session, answers_one_write_of_commands_in_order) {
  tcp_client client{server.tcp_port()};
  std::string commands = "  V1";
  std::string replies;
  for (int number = 0; number < many_commands; ++number) {
    auto const name = std::to_string(number);
    commands += "PING\nFOO" + name + '\n';
    replies += frame("OK") + frame("E_INVALID invalid command FOO" + name);
  }
  client.send(commands);
  EXPECT_EQ(client.receive(replies.size()), replies);
}

TEST_P(lookup_session, sends_all_replies_to_a_client_that_sends_no_more) {
  tcp_client client{server.tcp_port()};
  std::string commands = "  V1";
  std::string replies;
  for (int number = 0; number < many_commands; ++number) {
    commands += "PING\n";
    replies += frame("OK");
  }
  // The last line has no end, and so gets no reply.
  client.send(commands + "PING");
  client.finish_sending();
  EXPECT_EQ(client.receive_to_end(), replies);
}

TEST_P(lookup_session, refuses_an_unknown_magic) {
  tcp_client client{server.tcp_port()};
  client.send("  V2PING\n");
  EXPECT_EQ(client.receive(18), (std::string{"\0\0\0\x0e", 4} + "E_BAD_PROTOCOL"));
  // Later bytes of the client's do not turn the end into a reset.
  client.send("PING\n");
  client.finish_sending();
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_P(lookup_session, waits_for_the_fourth_byte_of_a_wrong_magic) {
  tcp_client client{server.tcp_port()};
  client.send("XX");
  auto other = new_http_client();
  ASSERT_EQ(other.get("/ping").body, "OK");
  EXPECT_FALSE(client.is_readable());
  client.send("XX");
  EXPECT_EQ(client.receive_frame(), "E_BAD_PROTOCOL");
}

TEST_P(lookup_session, says_nothing_to_a_client_that_ends_before_its_magic_does) {
  for (std::string const magic : {"", " ", "  ", "  V", "XX"}) {
    tcp_client client{server.tcp_port()};
    client.send(magic);
    client.finish_sending();
    EXPECT_EQ(client.receive_to_end(), "") << magic;
  }
}

TEST_P(lookup_session, holds_a_body_until_it_is_whole) {
  auto client = new_lookup_client();
  // Larger than what is read at once, so that it is held in several pieces.
  auto const body = std::string(500'000, ' ') + identity_of("10.0.0.1") + std::string(500'000, ' ');
  client.send(identify(body) + "REGISTER t1\n");
  EXPECT_TRUE(client.receive_frame().starts_with("{"));
  EXPECT_EQ(client.receive_frame(), "OK");
  EXPECT_EQ(new_http_client().get("/lookup?topic=t1").body,
            R"({"channels":[],"producers":[)" + client.as_producer() + "]}");
}

TEST_P(lookup_session, serves_a_client_of_2012) {
  auto client = new_lookup_client();
  client.send("ANNOUNCE t1 ch1 4150\n" + frame("h1\n10.0.0.7\n"));
  EXPECT_EQ(client.receive_frame(), "OK");
  auto const found = new_http_client().get("/lookup?topic=t1").body;
  EXPECT_NE(found.find(R"("broadcast_address":"10.0.0.7","tcp_port":4150,"http_port":4151)"),
            std::string::npos)
      << found;
}

}  // namespace
}  // namespace nsqlookupd
