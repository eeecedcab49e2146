// SPDX-License-Identifier: MIT
//
// IDENTIFY as a command: its frame, its errors, and a second one.
#include "registry_listings.hpp"
#include "v1_client.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {
namespace {

using namespace std::literals;
using namespace test_support;

constexpr client_error_policy policies[] = {client_error_policy::continue_session,
                                            client_error_policy::close};

std::optional<registry::peer_info> only_client(registry::registration_db const& db) {
  std::optional<registry::peer_info> found;
  std::size_t budget = 2;
  registry::producer_position at;
  static_cast<void>(db.list_producers(
      at, budget, [&found](registry::listed_producer const& producer) { found = producer.peer; }));
  return db.count_all().producers == 1 ? found : std::nullopt;
}

class v1_identify : public testing::Test {
 protected:
  registry::registration_db db;
  v1_client client{db};
};

TEST_F(v1_identify, makes_a_producer_of_the_client) {
  EXPECT_EQ(client.send(
                identify(R"({"remote_address":"6.6.6.6:6","broadcast_address":"b","hostname":"h",)"
                         R"("tcp_port":-1,"http_port":65536,"version":"v","topology_zone":"z",)"
                         R"("topology_region":"g"})")),
            replies{std::string{our_identity}});
  EXPECT_TRUE(client.identified());
  auto const peer = only_client(db);
  ASSERT_TRUE(peer);
  EXPECT_EQ(peer->remote_address, "10.0.0.1:5000");
  EXPECT_EQ(peer->broadcast_address, "b");
  EXPECT_EQ(peer->hostname, "h");
  EXPECT_EQ(peer->tcp_port, -1);
  EXPECT_EQ(peer->http_port, 65536);
  EXPECT_EQ(peer->version, "v");
  EXPECT_EQ(peer->topology_zone, "z");
  EXPECT_EQ(peer->topology_region, "g");
}

TEST_F(v1_identify, counts_as_a_sign_of_life) {
  client.now = registry::time_point{9ns};
  client.send(identify());
  EXPECT_EQ(list_clients(db), lines{"10.0.0.1:5000/h1@9"});
}

TEST_F(v1_identify, ignores_its_parameters) {
  EXPECT_EQ(client.send(" IDENTIFY a b c d\r\n" + frame(nsqd_identity)),
            replies{std::string{our_identity}});
}

TEST_F(v1_identify, is_silent_until_its_frame_is_whole) {
  EXPECT_EQ(client.send("IDENTIFY\n"), replies{});
  EXPECT_EQ(client.send("\0\0\0"sv), replies{});
  EXPECT_FALSE(client.identified());
}

TEST_F(v1_identify, fails_over_a_bad_body_and_may_be_tried_again) {
  struct {
    std::string_view body;
    std::string_view reply;
  } const cases[] = {
      {"", "E_BAD_BODY IDENTIFY failed to decode JSON body"},
      {"\n", "E_BAD_BODY IDENTIFY failed to decode JSON body"},
      {"PING\n", "E_BAD_BODY IDENTIFY failed to decode JSON body"},
      {R"({"tcp_port":"1"})", "E_BAD_BODY IDENTIFY failed to decode JSON body"},
      {"{}", "E_BAD_BODY IDENTIFY missing fields"},
      {R"({"broadcast_address":"b","tcp_port":1,"http_port":0,"version":"v"})",
       "E_BAD_BODY IDENTIFY missing fields"},
  };
  for (auto const& [body, reply] : cases) {
    SCOPED_TRACE(body);
    EXPECT_EQ(client.send(identify(body) + "REGISTER t\n"),
              (replies{std::string{reply}, "E_INVALID client must IDENTIFY"}));
    EXPECT_FALSE(client.closed());
    EXPECT_FALSE(client.identified());

    v1_client strict{db, with_policy(client_error_policy::close)};
    EXPECT_EQ(strict.send(identify(body) + "PING\n"), replies{std::string{reply}});
    EXPECT_TRUE(strict.closed());
    EXPECT_EQ(strict.fatal_error(), reply);
  }
  EXPECT_EQ(list_clients(db), lines{});
  EXPECT_EQ(client.send(identify() + "REGISTER t\n"), (replies{std::string{our_identity}, "OK"}));
}

TEST_F(v1_identify, ends_the_connection_over_a_bad_size) {
  for (auto const policy : policies) {
    for (auto const size :
         {"\xff\xff\xff\xff"sv, "\x80\0\0\0"sv, "\0\0\0\x0b"sv, "\x7f\xff\xff\xff"sv}) {
      auto settings = with_policy(policy);
      settings.max_body_size = 10;
      v1_client unlucky{db, settings};
      EXPECT_EQ(unlucky.send("IDENTIFY\n" + std::string{size} + "PING\nPING\n"),
                replies{"E_BAD_BODY IDENTIFY failed to read body"});
      EXPECT_TRUE(unlucky.closed());
      EXPECT_EQ(unlucky.fatal_error(), "E_BAD_BODY IDENTIFY failed to read body");
    }
  }
}

TEST_F(v1_identify, takes_a_body_as_large_as_the_limit) {
  std::string body{nsqd_identity};
  body.resize(std::size_t{1} << 20U, ' ');
  EXPECT_EQ(client.send(identify(body)), replies{std::string{our_identity}});

  v1_client other{db};
  EXPECT_EQ(other.send(identify(body + ' ')), replies{"E_BAD_BODY IDENTIFY failed to read body"});
}

TEST_F(v1_identify, cannot_be_sent_again) {
  client.send(identify());
  EXPECT_EQ(client.send("IDENTIFY\n"), replies{"E_INVALID cannot IDENTIFY again"});
  EXPECT_FALSE(client.closed());
  EXPECT_EQ(client.send("\0\0"sv), replies{});
  EXPECT_EQ(client.send("\0\x05PI"sv), replies{});
  EXPECT_EQ(client.send("NG\nPING\n"), replies{"OK"});
  EXPECT_EQ(client.send(identify("") + identify("PING\n") + "PING\n"),
            (replies{"E_INVALID cannot IDENTIFY again", "E_INVALID cannot IDENTIFY again", "OK"}));
  EXPECT_EQ(list_clients(db), lines{"10.0.0.1:5000/h1@0"});
}

TEST_F(v1_identify, sent_again_ends_a_strict_connection) {
  v1_client strict{db, with_policy(client_error_policy::close)};
  EXPECT_EQ(strict.send(identify() + identify() + "PING\n"),
            (replies{std::string{our_identity}, "E_INVALID cannot IDENTIFY again"}));
  EXPECT_TRUE(strict.closed());
  EXPECT_EQ(strict.fatal_error(), "E_INVALID cannot IDENTIFY again");
}

TEST_F(v1_identify, sent_again_with_a_bad_size_ends_the_connection_without_a_word) {
  for (auto const size : {"\xff\xff\xff\xff"sv, "\0\x10\0\x01"sv}) {
    v1_client unlucky{db};
    unlucky.send(identify() + "IDENTIFY\n");
    EXPECT_EQ(unlucky.send(std::string{size} + "PING\n"), replies{});
    EXPECT_TRUE(unlucky.closed());
    EXPECT_EQ(unlucky.fatal_error(), "E_INVALID cannot IDENTIFY again");
  }
}

}  // namespace
}  // namespace nsqlookupd::protocol
