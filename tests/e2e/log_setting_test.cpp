// SPDX-License-Identifier: MIT
#include "server_process.hpp"
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using lines = std::vector<std::string>;

// Has a line of each level that clients can cause logged, and returns all that was.
lines log_of(server_start how) {
  server_process server{std::move(how)};
  auto client = server.lookup_client();
  client.identify();
  client.command("REGISTER t c");
  client.command("UNREGISTER t");
  client.command("NONSENSE");
  EXPECT_TRUE(server.answers());
  client.finish_sending();
  EXPECT_EQ(client.receive_to_end(), "");
  EXPECT_EQ(server.stop(), 0);
  auto logged = server.last_lines();
  for (auto& line : logged) {
    if (auto const at = line.find(client.name()); at != std::string::npos) {
      line.replace(at, client.name().size(), "CLIENT");
    }
  }
  return logged;
}

std::string const warning =
    "WARNING: client(CLIENT) unexpected UNREGISTER category:channel key:t subkey:c";
lines const errors = {"ERROR: [CLIENT] - E_INVALID invalid command NONSENSE",
                      "ERROR: client(CLIENT) - EOF"};

TEST(log_level, error_leaves_out_what_is_less) {
  for (auto const* const level : {"-log-level=error", "-log-level=ERROR", "-log-level=Error"}) {
    EXPECT_EQ(log_of({.flags = {level}, .says_where = false}), errors) << level;
  }
}

TEST(log_level, warn_adds_warnings) {
  EXPECT_EQ(log_of({.flags = {"-log-level=warn"}, .says_where = false}),
            (lines{warning, errors[0], errors[1]}));
}

TEST(log_level, fatal_is_silence) {
  EXPECT_EQ(log_of({.flags = {"-log-level=fatal"}, .says_where = false}), lines{});
}

TEST(log_level, info_is_the_default) {
  EXPECT_EQ(log_of({}).size(), log_of({.flags = {"-log-level=info"}}).size());
  EXPECT_GT(log_of({}).size(), 10U);
}

TEST(log_level, debug_can_be_given_in_the_way_of_2012) {
  // Nothing is logged at debug alone, so it shows in that it overrides the file's level.
  EXPECT_EQ(log_of({.flags = {"-debug"}, .variables = {"NSQLOOKUPD_LOG_LEVEL=error"}}).size(),
            log_of({.flags = {"-log-level=debug"}}).size());
}

TEST(log_prefix, stands_before_each_line_as_it_is) {
  for (std::string const prefix : {"pre ", "no space", "", "%s%n "}) {
    server_process server{{.flags = {"-log-prefix", prefix}, .prefix = prefix}};
    EXPECT_TRUE(server.answers());
    EXPECT_EQ(server.stop(), 0);
    EXPECT_EQ(server.last_lines().size(), 5U);
  }
}

TEST(log_prefix, of_a_server_that_cannot_start_is_there_too) {
  auto const ended = run_server({"-log-prefix=pre ", "-tcp-address=nonsense"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_TRUE(ended.error.starts_with("pre ")) << ended.error;
}

// Lines of JSON are read by machines: every one has to be an object, to the last words.
TEST(log_format, json_is_one_object_a_line) {
  server_process server{{.flags = {"-log-format=json"}, .says_where = false}};
  auto client = server.lookup_client();
  client.command("\"FOO\\\x01\xff");
  EXPECT_TRUE(server.answers());
  EXPECT_EQ(server.stop(), 0);
  std::string all;
  while (auto const line = server.process().next_error_line()) {
    auto const object = boost::json::parse(*line).as_object();
    EXPECT_EQ(object.at("name").as_string(), "nsqlookupd");
    EXPECT_TRUE(object.at("time").as_string().ends_with("Z"));
    all += std::string{object.at("level").as_string()} + ' ' +
           std::string{object.at("msg").as_string()} + '\n';
  }
  EXPECT_NE(all.find("info TCP: listening on 127.0.0.1:"), std::string::npos) << all;
  EXPECT_NE(all.find("E_INVALID invalid command \"FOO\\\x01\uFFFD\n"), std::string::npos) << all;
  EXPECT_NE(all.find("info 200 GET /ping ("), std::string::npos) << all;
}

TEST(log_format, of_a_server_that_cannot_start_is_json_too) {
  auto const ended = run_server({"-log-format=json", "-tcp-address=nonsense"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(boost::json::parse(ended.error).at("level").as_string(), "fatal");
}

TEST(log_format, of_no_known_name_is_a_flag_error) {
  auto const ended = run_server({"-log-format=xml"});
  EXPECT_EQ(ended.status, 2);
  EXPECT_NE(ended.error.find("invalid log format 'xml' (text, json)"), std::string::npos);
}

}  // namespace
}  // namespace nsqlookupd::e2e
