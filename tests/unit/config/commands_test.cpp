// SPDX-License-Identifier: MIT
//
// Words in front of the flags.
#include "start.hpp"
#include "temporary_file.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace nsqlookupd::config::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto command_names = {"check", "hash-token", "healthcheck", "help", "version", "watch"};

TEST(command, that_there_is_not_starts_no_server) {
  for (auto const* const word : {"serve", "helthcheck", "Version", ""}) {
    auto const line = misuse_of(start({word, "-tcp-address=:0"}));
    EXPECT_EQ(line, "unknown command \"" + std::string{word} +
                        "\"; there are check, hash-token, healthcheck, help, version, watch");
  }
}

TEST(command, has_help_of_its_own) {
  for (std::string const name : command_names) {
    for (arguments const& spelling : {arguments{name, "-h"}, {name, "--help"}, {"help", name}}) {
      auto const given = start(spelling);
      auto const* const print = std::get_if<print_and_exit>(&given);
      ASSERT_TRUE(print) << name;
      EXPECT_THAT(print->text, HasSubstr("Usage of nsqlookupd " + name + ":\n"));
      EXPECT_EQ(print->to, print_and_exit::stream::out);
      EXPECT_EQ(print->exit_code, 0);
    }
  }
}

TEST(command, takes_no_argument_too_many) {
  EXPECT_EQ(misuse_of(start({"version", "x"})), R"(unexpected argument "x")");
  EXPECT_EQ(misuse_of(start({"check", "-debug", "x"})), R"(unexpected argument "x")");
  EXPECT_EQ(misuse_of(start({"healthcheck", "readyz", "x"})), R"(unexpected argument "x")");
  EXPECT_EQ(misuse_of(start({"healthcheck", "readyz", "-debug", "x"})),
            R"(unexpected argument "x")");
  EXPECT_EQ(misuse_of(start({"hash-token", "me"})), "hash-token needs a name and a right");
  EXPECT_THAT(misuse_of(start({"help", "serve"})), HasSubstr("unknown command"));
}

TEST(command, healthcheck_takes_its_path_on_either_side_of_the_flags) {
  for (arguments const& spelling : {arguments{"healthcheck", "/readyz", "-http-address=:1"},
                                    {"healthcheck", "readyz", "-http-address=:1"},
                                    {"healthcheck", "-http-address=:1", "/readyz"},
                                    {"healthcheck", "-http-address=:1", "readyz"}}) {
    auto const asked = std::get<check_health>(start(spelling));
    EXPECT_EQ(asked.path, "/readyz");
    EXPECT_EQ(asked.http_address, ":1");
  }
  EXPECT_EQ(std::get<check_health>(start({"healthcheck"})).path, "/ping");
}

TEST(command, watch_takes_its_topics_on_either_side_of_the_flags) {
  for (arguments const& spelling :
       {arguments{"watch", "a", "b", "-http-address=:1", "-exec", "echo x", "-token-file=t"},
        {"watch", "a", "--exec=echo x", "--token-file", "t", "--http-address", ":1", "b"},
        {"watch", "-exec", "echo x", "-token-file", "t", "-http-address=:1", "--", "a", "b"}}) {
    auto const asked = std::get<watch_topics>(start(spelling));
    EXPECT_THAT(asked.topics, ElementsAre("a", "b"));
    EXPECT_EQ(asked.http_address, ":1");
    EXPECT_EQ(asked.exec, "echo x");
    EXPECT_EQ(asked.token_file, "t");
  }
  auto const plain = std::get<watch_topics>(start({"watch", "*"}));
  EXPECT_THAT(plain.topics, ElementsAre("*"));
  EXPECT_EQ(plain.exec + plain.token_file, "");
}

TEST(command, watch_needs_a_topic_and_values_for_its_flags) {
  EXPECT_EQ(misuse_of(start({"watch"})), "watch needs a topic");
  EXPECT_EQ(misuse_of(start({"watch", "-exec", "x"})), "watch needs a topic");
  EXPECT_EQ(misuse_of(start({"watch", "a", "-exec"})), "flag needs an argument: -exec");
  EXPECT_EQ(misuse_of(start({"watch", "a", "-debug", "b", "-x"})), R"(unexpected argument "-x")");
}

TEST(command, alone_has_its_flags) {
  EXPECT_EQ(misuse_of(start({"-exec=x"})), "flag provided but not defined: -exec");
  EXPECT_EQ(misuse_of(start({"check", "-exec", "x"})), "flag provided but not defined: -exec");
}

used_setting used(check_settings const& from, std::string const& name) {
  auto const found = std::ranges::find(from.used, name, &used_setting::name);
  EXPECT_NE(found, from.used.end()) << name;
  return found == from.used.end() ? used_setting{} : *found;
}

TEST(check, says_where_each_setting_is_from) {
  temporary_file const file{"\ntombstone_lifetime = \"1m\"\nmax_body_size = \"2MiB\"\n"};
  auto const found = std::get<check_settings>(start(
      {"check", "-config", file.path(), "-max-body-size=4096"}, {{"NSQLOOKUPD_THREADS", "2"}}));
  EXPECT_EQ(used(found, "tombstone-lifetime").value, "1m0s");
  EXPECT_EQ(used(found, "tombstone-lifetime").source, file.path() + ":2");
  EXPECT_EQ(used(found, "max-body-size").value, "4KiB");
  EXPECT_EQ(used(found, "max-body-size").source, "flag");
  EXPECT_EQ(used(found, "threads").source, "NSQLOOKUPD_THREADS");
  EXPECT_EQ(used(found, "tls-cert").value, "\"\"");
  EXPECT_EQ(used(found, "debug").value, "false");
  EXPECT_EQ(used(found, "debug").source, "default");
  EXPECT_THAT(found.faults, IsEmpty());
  EXPECT_THAT(found.warnings, IsEmpty());
}

TEST(check, has_a_line_for_each_fault) {
  temporary_file const file{"threads = 0\nlog_level = \"loud\"\n"};
  auto const found = std::get<check_settings>(
      start({"check", "-config", file.path(), "-log-level=info"}, {{"NSQLOOKUPD_DEBUG", "maybe"}}));
  EXPECT_THAT(found.faults, ElementsAre(HasSubstr("NSQLOOKUPD_DEBUG=maybe"),
                                        HasSubstr("threads 0 in config file"),
                                        HasSubstr("log_level loud in config file")));
}

TEST(check, of_a_file_that_is_none_goes_on_with_the_rest) {
  auto const found = std::get<check_settings>(
      start({"check", "-config=/nowhere/at/all"}, {{"NSQLOOKUPD_THREADS", "0"}}));
  EXPECT_THAT(found.faults,
              ElementsAre(HasSubstr("/nowhere/at/all"), HasSubstr("NSQLOOKUPD_THREADS=0")));
}

TEST(check, warns_of_unknown_names) {
  temporary_file const file{"tcp_adress = \":1\"\n"};
  variables const environment{{"NSQLOOKUPD_TCP_ADRESS", ":1"},
                              {"NSQLOOKUPD_SERVICE_HOST", "10.0.0.1"},
                              {"NSQLOOKUPD_PORT_4160_TCP", "tcp://10.0.0.1:4160"}};
  auto const mild = std::get<check_settings>(start({"check", "-config", file.path()}, environment));
  EXPECT_THAT(mild.faults, IsEmpty());
  EXPECT_THAT(mild.warnings, ElementsAre(HasSubstr("unknown key 'tcp_adress'"),
                                         HasSubstr("environment variable NSQLOOKUPD_TCP_ADRESS")));
  auto const strict =
      std::get<check_settings>(start({"check", "-config", file.path(), "-strict"}, environment));
  EXPECT_FALSE(mild.strict);
  EXPECT_TRUE(strict.strict);
  EXPECT_EQ(strict.warnings, mild.warnings);
  EXPECT_EQ(warnings_of(start({"-config", file.path()}, environment)), mild.warnings);
}

TEST(check, alone_has_its_switch) {
  EXPECT_EQ(misuse_of(start({"-strict"})), "flag provided but not defined: -strict");
  EXPECT_EQ(misuse_of(start({"healthcheck", "-strict"})), "flag provided but not defined: -strict");
}

}  // namespace
}  // namespace nsqlookupd::config::test
