// SPDX-License-Identifier: MIT
//
// The errors of lines, their order, and what follows them.
#include "registry_listings.hpp"
#include "v1_client.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::protocol {
namespace {

using namespace std::literals;
using namespace test_support;

struct error_case {
  std::string_view line;
  std::string_view reply;
};

// Sends each line to a session of its own, and sees what follows under both policies.
void expect_errors(std::string_view before, std::initializer_list<error_case> cases) {
  for (auto const& [line, reply] : cases) {
    SCOPED_TRACE(testing::PrintToString(line));
    auto const input = std::string{line} + "\nPING\n";

    registry::registration_db db;
    v1_client patient{db};
    patient.send(before);
    EXPECT_EQ(patient.send(input), (replies{std::string{reply}, "OK"}));
    EXPECT_FALSE(patient.closed());
    EXPECT_EQ(patient.fatal_error(), "");

    v1_client strict{db, with_policy(client_error_policy::close), "10.0.0.2:1"};
    strict.send(before);
    EXPECT_EQ(strict.send(input), replies{std::string{reply}});
    EXPECT_TRUE(strict.closed());
    EXPECT_EQ(strict.fatal_error(), reply);
    EXPECT_EQ(strict.send("PING\n"), replies{});
    EXPECT_TRUE(strict.closed());

    EXPECT_EQ(list_topics(db), lines{});
  }
}

TEST(v1_errors, of_whoever_sends_them) {
  for (auto const& before : {std::string{}, identify()}) {
    expect_errors(before,
                  {{"FOO", "E_INVALID invalid command FOO"},
                   {"FOO BAR baz", "E_INVALID invalid command FOO"},
                   {"", "E_INVALID invalid command "},
                   {" \t\r", "E_INVALID invalid command "},
                   {"ping", "E_INVALID invalid command ping"},
                   {"Register t", "E_INVALID invalid command Register"},
                   {"REGISTERS t", "E_INVALID invalid command REGISTERS"},
                   {"IDENTIFYx", "E_INVALID invalid command IDENTIFYx"},
                   {"REGISTER\tt", "E_INVALID invalid command REGISTER\tt"},
                   {"\xff\x01\0 x"sv, "E_INVALID invalid command \xff\x01\0"sv},
                   {"ANNOUNCE", "E_INVALID ANNOUNCE insufficient number of params"},
                   {"ANNOUNCE t", "E_INVALID ANNOUNCE insufficient number of params"},
                   {"ANNOUNCE t c", "E_INVALID ANNOUNCE insufficient number of params"},
                   {"ANNOUNCE t c \r", "E_INVALID ANNOUNCE insufficient number of params"}});
  }
}

TEST(v1_errors, of_clients_that_have_not_identified_come_before_those_of_the_parameters) {
  constexpr auto must_identify = "E_INVALID client must IDENTIFY";
  expect_errors("", {{"REGISTER", must_identify},
                     {"REGISTER t c", must_identify},
                     {"REGISTER t$", must_identify},
                     {"UNREGISTER", must_identify},
                     {"UNREGISTER t c", must_identify},
                     {"UNREGISTER t c$", must_identify}});
}

TEST(v1_errors, of_parameters) {
  expect_errors(
      identify(),
      {{"REGISTER", "E_INVALID REGISTER insufficient number of params"},
       {"REGISTER ", "E_INVALID REGISTER insufficient number of params"},
       {"UNREGISTER", "E_INVALID UNREGISTER insufficient number of params"},
       {"UNREGISTER \r", "E_INVALID UNREGISTER insufficient number of params"},
       {"REGISTER t$", "E_BAD_TOPIC REGISTER topic name 't$' is not valid"},
       {"REGISTER  t c", "E_BAD_TOPIC REGISTER topic name '' is not valid"},
       {"REGISTER * c", "E_BAD_TOPIC REGISTER topic name '*' is not valid"},
       {"REGISTER t\tc", "E_BAD_TOPIC REGISTER topic name 't\tc' is not valid"},
       {"REGISTER '\xff\0' c"sv, "E_BAD_TOPIC REGISTER topic name ''\xff\0'' is not valid"sv},
       {"REGISTER #ephemeral", "E_BAD_TOPIC REGISTER topic name '#ephemeral' is not valid"},
       {"UNREGISTER t$", "E_BAD_TOPIC UNREGISTER topic name 't$' is not valid"},
       {"REGISTER t c$", "E_BAD_CHANNEL REGISTER channel name 'c$' is not valid"},
       {"REGISTER t c#eph", "E_BAD_CHANNEL REGISTER channel name 'c#eph' is not valid"},
       {"UNREGISTER t c$", "E_BAD_CHANNEL UNREGISTER channel name 'c$' is not valid"}});
}

TEST(v1_errors, the_topic_is_checked_before_the_channel) {
  expect_errors(identify(),
                {{"REGISTER t$ c$", "E_BAD_TOPIC REGISTER topic name 't$' is not valid"},
                 {"UNREGISTER t$ c$", "E_BAD_TOPIC UNREGISTER topic name 't$' is not valid"}});
}

TEST(v1_errors, of_names_that_are_too_long) {
  auto const name = std::string(65, 'n');
  auto const ephemeral = std::string(55, 'n') + "#ephemeral";
  expect_errors(
      identify(),
      {{"REGISTER " + name, "E_BAD_TOPIC REGISTER topic name '" + name + "' is not valid"},
       {"REGISTER " + ephemeral,
        "E_BAD_TOPIC REGISTER topic name '" + ephemeral + "' is not valid"},
       {"REGISTER t " + name, "E_BAD_CHANNEL REGISTER channel name '" + name + "' is not valid"}});
}

TEST(v1_errors, a_bad_channel_unregisters_nothing) {
  registry::registration_db db;
  v1_client client{db};
  client.send(identify() + "REGISTER t c\nUNREGISTER t c$\n");
  EXPECT_EQ(list_registrations(db), (lines{"t: 10.0.0.1:5000/h1@0", "t/c: 10.0.0.1:5000/h1@0"}));
}

TEST(v1_errors, a_line_over_the_limit_ends_the_connection) {
  for (auto const policy : {client_error_policy::continue_session, client_error_policy::close}) {
    for (std::string const rest : {"", "\n", "\nPING\n", "xx\nPING\n"}) {
      registry::registration_db db;
      auto settings = with_policy(policy);
      settings.max_line_size = 10;
      v1_client client{db, settings};
      EXPECT_EQ(client.send("PING\n" + std::string(11, 'x') + rest),
                (replies{"OK", "E_INVALID line is longer than 10 bytes"}));
      EXPECT_TRUE(client.closed());
      EXPECT_EQ(client.fatal_error(), "E_INVALID line is longer than 10 bytes");
    }
  }
}

TEST(v1_errors, a_line_at_the_limit_is_none) {
  registry::registration_db db;
  v1_client client{db};
  auto const command = std::string(4096, 'x');
  EXPECT_EQ(client.send(command), replies{});
  EXPECT_FALSE(client.closed());
  EXPECT_EQ(client.send("\nPING\r" + std::string(4091, ' ') + '\n'),
            (replies{"E_INVALID invalid command " + command, "OK"}));
  EXPECT_EQ(client.send(command + 'x'), replies{"E_INVALID line is longer than 4096 bytes"});
}

TEST(v1_errors, of_a_registry_that_is_full) {
  registry::registration_db db{
      {}, {.registrations_per_producer = 4, .topics = 2, .channels_per_topic = 1}};
  v1_client client{db};
  client.send(identify());
  EXPECT_EQ(
      client.send("REGISTER t c\nREGISTER t d\nREGISTER u\nREGISTER v\nREGISTER u c\nREGISTER t c\n"
                  "UNREGISTER t\nUNREGISTER u\nREGISTER v\n"),
      (replies{"OK", "E_INVALID REGISTER too many channels in this topic (limit 1)", "OK",
               "E_INVALID REGISTER too many topics (limit 2)", "OK", "OK", "OK", "OK",
               "E_INVALID REGISTER too many topics (limit 2)"}));
  EXPECT_FALSE(client.closed());

  registry::registration_db small{{}, {.registrations_per_producer = 1}};
  v1_client other{small};
  other.send(identify());
  EXPECT_EQ(
      other.send("REGISTER t c\nREGISTER t\n"),
      (replies{"E_INVALID REGISTER too many registrations by this producer (limit 1)", "OK"}));
}

}  // namespace
}  // namespace nsqlookupd::protocol
