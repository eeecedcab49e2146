// SPDX-License-Identifier: MIT
//
// ANNOUNCE, with which the clients of 2012 register.
#include "registry_listings.hpp"
#include "v1_client.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::protocol {
namespace {

using namespace std::literals;
using namespace test_support;

std::string announce(std::string_view params, std::string_view body = "host.example\n") {
  return "ANNOUNCE " + std::string{params} + '\n' + frame(body);
}

// Each client's address, ports and version.
lines identities(registry::registration_db const& db) {
  lines found;
  std::size_t budget = 100;
  registry::producer_position at;
  static_cast<void>(
      db.list_producers(at, budget, [&found](registry::listed_producer const& producer) {
        auto const& peer = producer.peer;
        found.push_back(peer.broadcast_address + ' ' + std::to_string(peer.tcp_port) + ' ' +
                        std::to_string(peer.http_port) + " '" + peer.version + "' " +
                        peer.remote_address);
      }));
  return found;
}

class v1_announce : public testing::Test {
 protected:
  registry::registration_db db;
  v1_client client{db};
};

TEST_F(v1_announce, makes_a_producer_of_the_client_and_registers_it) {
  EXPECT_EQ(client.send(announce("t c 4150")), replies{"OK"});
  EXPECT_TRUE(client.identified());
  EXPECT_EQ(identities(db), lines{"host.example 4150 4151 '' 10.0.0.1:5000"});
  EXPECT_EQ(list_registrations(db), (lines{"t: 10.0.0.1:5000@0", "t/c: 10.0.0.1:5000@0"}));
}

TEST_F(v1_announce, a_dot_is_no_channel) {
  EXPECT_EQ(client.send(announce("t . 4150")), replies{"OK"});
  EXPECT_EQ(list_registrations(db), lines{"t: 10.0.0.1:5000@0"});
  EXPECT_EQ(list_all_channels(db), lines{});
}

TEST_F(v1_announce, ignores_further_parameters) {
  EXPECT_EQ(client.send(announce("t c 4150 x y \r")), replies{"OK"});
}

TEST_F(v1_announce, knows_ports_from_1_to_65535) {
  for (auto const& [port, http_port] :
       {std::pair{"1", "2"}, {"4150", "4151"}, {"65535", "65536"}, {"04150", "4151"}}) {
    registry::registration_db own;
    v1_client one{own};
    EXPECT_EQ(one.send(announce("t c "s + port)), replies{"OK"});
    ASSERT_EQ(identities(own).size(), 1U);
    EXPECT_NE(identities(own).front().find(" "s + http_port + " ''"), std::string::npos) << port;
  }
  for (std::string const port : {"0", "65536", "99999999999", "-1", "+1", "0x10", "4150x", "41.5",
                                 "x", "'", "\xff", "4150\t\x01"}) {
    EXPECT_EQ(client.send(announce("t c " + port)),
              replies{"E_INVALID ANNOUNCE tcp port '" + port + "' is not valid"});
  }
}

TEST_F(v1_announce, takes_the_last_line_of_the_body_that_is_not_empty) {
  struct {
    std::string_view body;
    std::string_view expected;
  } const cases[] = {
      {"host", "host"},
      {"host\n", "host"},
      {"first\nlast", "last"},
      {"first\nlast\n\n\r\n \t\n", "last"},
      {"a\nb\n\nc\n", "c"},
      {"\n\nhost\n", "host"},
      {"first\r\n  last\r\n", "last"},
      {"a b", "a b"},
      {"::1\n[::1]\n", "[::1]"},
      {"\u00a0host\u3000", "host"},
  };
  for (auto const& [body, expected] : cases) {
    registry::registration_db own;
    v1_client one{own};
    EXPECT_EQ(one.send(announce("t c 1", body)), replies{"OK"});
    EXPECT_EQ(identities(own), lines{std::string{expected} + " 1 2 '' 10.0.0.1:5000"}) << body;
  }
}

TEST_F(v1_announce, needs_an_address) {
  for (auto const body : {""sv, "\n"sv, "\r\n \n\t\n"sv}) {
    EXPECT_EQ(client.send(announce("t c 1", body)), replies{"E_BAD_BODY ANNOUNCE missing address"});
  }
}

TEST_F(v1_announce, with_too_few_parameters_has_no_body) {
  EXPECT_EQ(client.send("ANNOUNCE t c\nPING\n"),
            (replies{"E_INVALID ANNOUNCE insufficient number of params", "OK"}));
}

TEST_F(v1_announce, checks_topic_channel_port_and_address_in_this_order) {
  struct {
    std::string_view params;
    std::string_view body;
    std::string_view reply;
  } const cases[] = {
      {"t$ c$ x", "", "E_BAD_TOPIC ANNOUNCE topic name 't$' is not valid"},
      {" c$ x", "", "E_BAD_TOPIC ANNOUNCE topic name '' is not valid"},
      {"t$  x", "", "E_BAD_TOPIC ANNOUNCE topic name 't$' is not valid"},
      {"t$ . x", "", "E_BAD_TOPIC ANNOUNCE topic name 't$' is not valid"},
      {"t c$ x", "", "E_BAD_CHANNEL ANNOUNCE channel name 'c$' is not valid"},
      {"t  x", "", "E_BAD_CHANNEL ANNOUNCE channel name '' is not valid"},
      {"t  4150", "host", "E_BAD_CHANNEL ANNOUNCE channel name '' is not valid"},
      {"t c x", "", "E_INVALID ANNOUNCE tcp port 'x' is not valid"},
      {"t . 0", "", "E_INVALID ANNOUNCE tcp port '0' is not valid"},
      {"t c 4150", "", "E_BAD_BODY ANNOUNCE missing address"},
  };
  for (auto const& [params, body, reply] : cases) {
    SCOPED_TRACE(params);
    EXPECT_EQ(client.send(announce(params, body) + "PING\n"), (replies{std::string{reply}, "OK"}));
    EXPECT_FALSE(client.identified());

    v1_client strict{db, with_policy(client_error_policy::close)};
    EXPECT_EQ(strict.send(announce(params, body) + "PING\n"), replies{std::string{reply}});
    EXPECT_TRUE(strict.closed());
    EXPECT_EQ(strict.fatal_error(), reply);
  }
  EXPECT_EQ(list_topics(db), lines{});
  EXPECT_EQ(list_clients(db), lines{});
}

TEST_F(v1_announce, checks_nothing_before_its_body_is_there) {
  EXPECT_EQ(client.send("ANNOUNCE t$ c$ x\n"), replies{});
  EXPECT_EQ(client.send("\0\0\0\x02h"sv), replies{});
  EXPECT_EQ(client.send("\n"), replies{"E_BAD_TOPIC ANNOUNCE topic name 't$' is not valid"});
}

TEST_F(v1_announce, ends_the_connection_over_a_bad_size) {
  for (auto const policy : {client_error_policy::continue_session, client_error_policy::close}) {
    for (auto const size : {"\xff\xff\xff\xff"sv, "\x80\0\0\0"sv, "\0\x10\0\x01"sv}) {
      v1_client unlucky{db, with_policy(policy)};
      EXPECT_EQ(unlucky.send("ANNOUNCE t$ c 1\n" + std::string{size} + "PING\n"),
                replies{"E_BAD_BODY ANNOUNCE failed to read body"});
      EXPECT_TRUE(unlucky.closed());
      EXPECT_EQ(unlucky.fatal_error(), "E_BAD_BODY ANNOUNCE failed to read body");
    }
  }
}

TEST_F(v1_announce, counts_as_identified) {
  client.send(announce("t c 4150"));
  EXPECT_EQ(client.send("REGISTER u d\nUNREGISTER t c\nPING\n"), (replies{"OK", "OK", "OK"}));
  EXPECT_EQ(client.send(identify() + "PING\n"), (replies{"E_INVALID cannot IDENTIFY again", "OK"}));
  EXPECT_EQ(identities(db), lines{"host.example 4150 4151 '' 10.0.0.1:5000"});
  EXPECT_EQ(list_topics(db), (lines{"t", "u"}));
}

TEST_F(v1_announce, a_later_one_keeps_the_first_identity) {
  client.send(announce("t c 4150"));
  EXPECT_EQ(client.send(announce("u . 5150", "other.example\n")), replies{"OK"});
  EXPECT_EQ(identities(db), lines{"host.example 4150 4151 '' 10.0.0.1:5000"});
  EXPECT_EQ(list_registrations(db),
            (lines{"t: 10.0.0.1:5000@0", "t/c: 10.0.0.1:5000@0", "u: 10.0.0.1:5000@0"}));
}

TEST_F(v1_announce, after_identify_reads_its_frame_and_registers) {
  client.send(identify());
  EXPECT_EQ(
      client.send(announce("t c 5150") + announce("t c 0") + announce("t c 1", "") + "PING\n"),
      (replies{"OK", "E_INVALID ANNOUNCE tcp port '0' is not valid",
               "E_BAD_BODY ANNOUNCE missing address", "OK"}));
  EXPECT_EQ(identities(db), lines{"127.0.0.1 4150 4151 '1.3.0' 10.0.0.1:5000"});
  EXPECT_EQ(list_registrations(db), (lines{"t: 10.0.0.1:5000/h1@0", "t/c: 10.0.0.1:5000/h1@0"}));
}

TEST_F(v1_announce, may_fail_and_be_tried_again) {
  EXPECT_EQ(client.send(announce("t c 0") + "REGISTER t\n" + announce("t c 1") + "REGISTER u\n"),
            (replies{"E_INVALID ANNOUNCE tcp port '0' is not valid",
                     "E_INVALID client must IDENTIFY", "OK", "OK"}));
}

TEST_F(v1_announce, may_fail_and_be_followed_by_identify) {
  EXPECT_EQ(client.send(announce("t c 0") + identify()),
            (replies{"E_INVALID ANNOUNCE tcp port '0' is not valid", std::string{our_identity}}));
  EXPECT_EQ(identities(db), lines{"127.0.0.1 4150 4151 '1.3.0' 10.0.0.1:5000"});
}

TEST_F(v1_announce, that_finds_the_registry_full_registers_nothing) {
  registry::registration_db full{{}, {.topics = 1}};
  v1_client one{full};
  one.send(announce("t . 1"));
  v1_client other{full, {}, "10.0.0.2:1"};
  EXPECT_EQ(
      other.send(announce("u . 1") + "REGISTER t\n"),
      (replies{"E_INVALID ANNOUNCE too many topics (limit 1)", "E_INVALID client must IDENTIFY"}));
  EXPECT_EQ(list_clients(full), lines{"10.0.0.1:5000@0"});
  EXPECT_EQ(other.send(announce("t . 1") + announce("u . 1") + "REGISTER t\n"),
            (replies{"OK", "E_INVALID ANNOUNCE too many topics (limit 1)", "OK"}));
}

TEST_F(v1_announce, leaves_as_any_other_producer) {
  client.send(announce("t c 4150"));
  client.leave();
  EXPECT_EQ(list_clients(db), lines{});
  EXPECT_EQ(list_lookup(db, "t", {}), lines{});
}

}  // namespace
}  // namespace nsqlookupd::protocol
