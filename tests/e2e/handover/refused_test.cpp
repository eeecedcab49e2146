// SPDX-License-Identifier: MIT
//
// Programs that cannot take over: the old one goes on.
#include "eventually.hpp"
#include "listening_socket.hpp"
#include "process_files.hpp"
#include "process_memory.hpp"
#include "repeated_action.hpp"
#include "replaceable_server.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;
using testing::AllOf;
using testing::HasSubstr;
using strings = std::vector<std::string>;

std::string settings(std::string const& tcp_address, std::string const& more = {}) {
  return "tcp_address = \"" + tcp_address + "\"\nhttp_address = \"127.0.0.1:0\"\n" + more;
}

std::string const good_settings = settings("127.0.0.1:0");

class refused_handover : public testing::Test {
 protected:
  static server_start configured(std::string const& path) {
    return {.flags = {"-config=" + path}, .has_address_flags = false};
  }

  // Connections that were there before the refusal, and new ones, are served.
  void expect_service() {
    EXPECT_EQ(producer.command("PING"), "OK");
    EXPECT_EQ(producer.command("REGISTER t"), "OK");
    auto const body = R"({"channels":[],"producers":[)" + producer.as_producer() + "]}";
    EXPECT_EQ(consumer.get("/lookup?topic=t").body, body);
    EXPECT_EQ(server.http_client().get("/lookup?topic=t").body, body);
    EXPECT_EQ(server.lookup_client().command("PING"), "OK");
  }

  // The reason, when the server has gone on and has taken the good program afterwards.
  std::string refusal() {
    auto const reason = server.refused_hand_over();
    expect_service();
    EXPECT_EQ(server.refused_hand_over(), reason) << "the second time";
    expect_service();
    EXPECT_EQ(children_of(server.running().process().id()), "");
    server.program().put_server();
    config.write("nsqlookupd.toml", good_settings);
    server.hand_over();
    expect_service();
    return reason;
  }

  test_support::scratch_directory config;
  replaceable_server server{configured(config.write("nsqlookupd.toml", good_settings))};
  test_support::lookup_client producer = server.producer("10.0.0.1", {"t"});
  test_support::http_client consumer = used_client();

 private:
  // One that has not asked for anything has ten seconds for it.
  [[nodiscard]] test_support::http_client used_client() const {
    auto client = server.http_client();
    EXPECT_EQ(client.get("/ping").body, "OK");
    return client;
  }
};

TEST_F(refused_handover, to_a_file_that_is_not_there) {
  server.program().remove();
  EXPECT_EQ(refusal(), "No such file or directory");
}

TEST_F(refused_handover, to_a_file_that_may_not_be_executed) {
  server.program().put_file("#!/bin/sh\n", 0644);
  EXPECT_EQ(refusal(), "Permission denied");
}

TEST_F(refused_handover, to_a_file_that_is_no_program) {
  server.program().put_file("nothing to execute\n", 0755);
  EXPECT_EQ(refusal(), "Exec format error");
}

TEST_F(refused_handover, to_a_directory) {
  server.program().remove();
  std::filesystem::create_directory(server.program().path());
  auto const reason = server.refused_hand_over();
  EXPECT_EQ(reason, "Permission denied");
  expect_service();
}

// As a release of later, or of before: it is the same program, which is given another version.
TEST_F(refused_handover, to_a_program_that_finds_another_version_of_the_state) {
  server.program().put_script(
      "cp /proc/self/fd/$NSQLOOKUPD_HANDOVER_FD '" + server.program().beside("state") +
      "' && printf 'nsqlookupd hand-over 9' |"
      " dd of='" +
      server.program().beside("state") + "' conv=notrunc status=none && exec 9<'" +
      server.program().beside("state") +
      "' && NSQLOOKUPD_HANDOVER_FD=9 exec " NSQLOOKUPD_BINARY " \"$@\"");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("9"), HasSubstr("2")));
}

// The first line is right, and nothing else.
TEST_F(refused_handover, to_a_program_that_finds_half_of_the_state) {
  server.program().put_script("head -c 30 /proc/self/fd/$NSQLOOKUPD_HANDOVER_FD >'" +
                              server.program().beside("state") + "' && exec 9<'" +
                              server.program().beside("state") +
                              "' && NSQLOOKUPD_HANDOVER_FD=9 exec " NSQLOOKUPD_BINARY " \"$@\"");
  EXPECT_NE(refusal(), "");
}

TEST_F(refused_handover, to_a_program_that_crashes) {
  server.program().put_script("kill -SEGV $$");
  EXPECT_EQ(refusal(), "it was ended by signal 11");
}

TEST_F(refused_handover, to_a_program_that_says_what_is_wrong) {
  server.program().put_script("echo 'fault: the moon is full' >&2; exit 1");
  EXPECT_THAT(refusal(), HasSubstr("the moon is full"));
}

TEST_F(refused_handover, to_a_program_that_fails_without_a_word) {
  server.program().put_script("exit 3");
  EXPECT_THAT(refusal(), HasSubstr("3"));
}

// As one of before there were hand-overs.
TEST_F(refused_handover, to_a_program_that_knows_of_none) {
  server.program().put_script("echo 'tcp-address 127.0.0.1:0 flag'");
  EXPECT_EQ(refusal(), "it does not know how to take over");
}

TEST_F(refused_handover, with_a_bad_config_file) {
  config.write("nsqlookupd.toml", settings("127.0.0.1:0", "tombstone_lifetime = \"soon\"\n"));
  EXPECT_THAT(refusal(), AllOf(HasSubstr(config.path("nsqlookupd.toml")), HasSubstr("soon")));
}

TEST_F(refused_handover, without_its_config_file) {
  std::filesystem::remove(config.path("nsqlookupd.toml"));
  EXPECT_THAT(refusal(), HasSubstr("No such file or directory"));
}

TEST_F(refused_handover, without_its_certificate) {
  config.write("nsqlookupd.toml", settings("127.0.0.1:0",
                                           "https_address = \"127.0.0.1:0\"\n"
                                           "tls_cert = \"none.pem\"\n"
                                           "tls_key = \"none.key\"\n"));
  EXPECT_THAT(refusal(), HasSubstr("none.pem"));
}

TEST_F(refused_handover, to_an_address_that_is_in_use) {
  auto const taken = listen_on_loopback();
  auto const address = "127.0.0.1:" + std::to_string(taken.port);
  config.write("nsqlookupd.toml", settings(address));
  EXPECT_THAT(refusal(), AllOf(HasSubstr(address), HasSubstr("Address already in use")));
}

TEST_F(refused_handover, is_no_obstacle_to_one_with_another_address) {
  config.write("nsqlookupd.toml", settings("nowhere"));
  EXPECT_THAT(refusal(), HasSubstr("nowhere"));
  auto const before = server.running().tcp_port();
  config.write("nsqlookupd.toml", settings("127.0.0.3:0"));
  auto const lines = server.hand_over();
  EXPECT_EQ(producer.command("PING"), "OK");
  constexpr std::string_view listening = "TCP: listening on 127.0.0.3:";
  auto const found = std::ranges::find_if(
      lines, [&](auto const& line) { return line.find(listening) != line.npos; });
  ASSERT_NE(found, lines.end()) << testing::PrintToString(lines);
  auto const port = std::stoul(found->substr(found->find(listening) + listening.size()));
  test_support::lookup_client elsewhere{static_cast<std::uint16_t>(port), "127.0.0.3"};
  EXPECT_EQ(elsewhere.command("PING"), "OK");
  EXPECT_THROW(test_support::lookup_client{before}, std::system_error);
}

// Killed after ten seconds; meanwhile nobody notices.
TEST_F(refused_handover, slow_to_a_program_that_does_not_answer) {
  auto const note = server.program().beside("pid");
  server.program().put_script("echo $$ >'" + note + "'; exec sleep 60");
  repeated_action pings{[&] {
    if (producer.command("PING") != "OK") {
      throw std::runtime_error{"a PING was not answered OK"};
    }
  }};
  auto const reason = server.refused_hand_over();
  EXPECT_GT(pings.end(), 100U);
  EXPECT_EQ(reason, "it did not answer within 10s");
  pid_t hanging = 0;
  std::ifstream{note} >> hanging;
  EXPECT_NE(hanging, 0);
  EXPECT_FALSE(std::filesystem::exists("/proc/" + std::to_string(hanging)));
  expect_service();
  server.program().put_server();
  server.hand_over();
  expect_service();
}

// Read as far as it matters.
TEST_F(refused_handover, slow_to_a_program_that_talks_without_end) {
  server.program().put_script("exec yes 'fault: much'");
  auto const process = server.running().process().id();
  forget_most_resident(process);
  auto const before = most_resident_mib(process);
  EXPECT_LT(server.refused_hand_over().size(), 5'000U);
  EXPECT_LT(most_resident_mib(process), before + bound_here(32));
  expect_service();
}

// It has not taken over, and does not outlive the server that asked it.
TEST_F(refused_handover, by_an_end_that_is_asked_for_meanwhile) {
  auto const note = server.program().beside("pid");
  server.program().put_script("echo $$ >'" + note + "'; exec sleep 60");
  server.running().process().send(SIGUSR2);
  pid_t hanging = 0;
  EXPECT_TRUE(eventually([&] { return static_cast<bool>(std::ifstream{note} >> hanging); }));
  EXPECT_EQ(server.stop(), 0);
  EXPECT_TRUE(
      eventually([&] { return !std::filesystem::exists("/proc/" + std::to_string(hanging)); }));
}

}  // namespace
}  // namespace nsqlookupd::e2e
