// SPDX-License-Identifier: MIT
#include "scratch_directory.hpp"
#include "server_process.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::child_process;
using test_support::launch;
using testing::HasSubstr;
using testing::StartsWith;

std::string address_of(server_process const& server) {
  return "127.0.0.1:" + std::to_string(server.http_port());
}

/// `nsqlookupd watch` beside the server.
class watch_process {
 public:
  explicit watch_process(std::string const& address, std::vector<std::string> arguments)
      : process_{launch_of(address, std::move(arguments))} {}

  /// The next line, without its time.
  std::string next() {
    auto const line = process_.next_output_line().value_or("");
    auto const space = line.find(' ');
    return space == line.npos ? line : line.substr(space + 1);
  }

  std::string next_error() { return process_.next_error_line().value_or(""); }
  [[nodiscard]] std::string whole_line() { return process_.next_output_line().value_or(""); }

  int stop(int signal = SIGTERM) {
    process_.send(signal);
    return process_.wait();
  }
  int wait() { return process_.wait(); }

 private:
  static launch launch_of(std::string const& address, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "watch");
    arguments.push_back("-http-address=" + address);
    return {.program = NSQLOOKUPD_BINARY, .arguments = std::move(arguments)};
  }

  child_process process_;
};

TEST(watch_command, prints_producers_that_are_there_come_and_go) {
  server_process server;
  auto first = server.lookup_client();
  first.identify("10.0.0.1");
  first.command("REGISTER t c");
  watch_process watch{address_of(server), {"t"}};
  EXPECT_EQ(watch.next(), "t =10.0.0.1:4150");
  {
    auto second = server.lookup_client();
    second.identify("10.0.0.2");
    second.command("REGISTER t c");
    EXPECT_EQ(watch.next(), "t +10.0.0.2:4150");
  }
  EXPECT_EQ(watch.next(), "t -10.0.0.2:4150");
  first.command("UNREGISTER t");
  EXPECT_EQ(watch.next(), "t -10.0.0.1:4150");
  EXPECT_EQ(watch.next(), "t empty");
  server.http_client().post("/topic/delete?topic=t");
  EXPECT_EQ(watch.next(), "t not_found");
  EXPECT_EQ(watch.stop(), 0);
  EXPECT_EQ(watch.next_error(), "");
}

TEST(watch_command, begins_each_line_with_the_time) {
  server_process server;
  watch_process watch{address_of(server), {"t"}};
  EXPECT_THAT(watch.whole_line(),
              testing::MatchesRegex("[0-9]+-..-..T..:..:..[.][0-9][0-9][0-9][0-9][0-9][0-9]Z t "
                                    "not_found"));
}

TEST(watch_command, follows_several_topics_and_all) {
  server_process server;
  server.http_client().post("/topic/create?topic=a");
  watch_process two{address_of(server), {"a", "b#ephemeral"}};
  watch_process all{address_of(server), {"*"}};
  EXPECT_EQ(all.next(), "a empty");
  std::vector<std::string> const begun{two.next(), two.next()};
  EXPECT_THAT(begun, testing::UnorderedElementsAre("a empty", "b#ephemeral not_found"));
  server.http_client().post("/topic/create?topic=c");
  EXPECT_EQ(all.next(), "c empty");
  server.http_client().post("/topic/create?topic=b%23ephemeral");
  EXPECT_EQ(all.next(), "b#ephemeral empty");
  EXPECT_EQ(two.next(), "b#ephemeral empty");
  EXPECT_EQ(two.stop(SIGINT), 0);
  EXPECT_EQ(all.stop(SIGHUP), 0);
}

TEST(watch_command, goes_on_when_the_server_comes_back) {
  std::optional<server_process> server{std::in_place};
  auto const address = address_of(*server);
  watch_process watch{address, {"t"}};
  EXPECT_EQ(watch.next(), "t not_found");
  EXPECT_EQ(server->stop(), 0);
  EXPECT_EQ(watch.next_error(), "watch of http://" + address +
                                    "/watch?topic=t failed - the stream has ended; trying again");
  server.reset();
  // The later one of two flags counts.
  server.emplace(server_start{.flags = {"-http-address=" + address}});
  auto producer = server->lookup_client();
  producer.identify("10.0.0.1");
  producer.command("REGISTER t");
  EXPECT_EQ(watch.next(), "t +10.0.0.1:4150");
  EXPECT_EQ(watch.stop(), 0);
}

TEST(watch_command, runs_a_command_with_the_state) {
  server_process server;
  watch_process watch{address_of(server),
                      {"t", "--exec", R"(echo "x $NSQ_TOPIC $NSQ_EVENT [$NSQ_PRODUCERS]")"}};
  EXPECT_EQ(watch.next(), "t not_found");
  EXPECT_EQ(watch.next(), "t not_found []");
  auto first = server.lookup_client();
  first.identify("10.0.0.1");
  first.command("REGISTER t");
  EXPECT_EQ(watch.next(), "t +10.0.0.1:4150");
  EXPECT_EQ(watch.next(), "t lookup [10.0.0.1:4150]");
  EXPECT_EQ(watch.stop(), 0);
}

// The first command ends when it is told to by the file; meanwhile three changes happen.
TEST(watch_command, runs_one_command_at_a_time_and_the_next_with_the_latest_state) {
  server_process server;
  test_support::scratch_directory const scratch;
  auto const gate = scratch.path("gate");
  auto const command = "mkfifo '" + gate + R"(' 2>/dev/null && { echo x first; read -r _ <')" +
                       gate + R"('; }; echo "x [$NSQ_PRODUCERS]")";
  watch_process watch{address_of(server), {"t", "-exec", command}};
  EXPECT_EQ(watch.next(), "t not_found");
  EXPECT_EQ(watch.next(), "first");
  std::vector<test_support::lookup_client> producers;
  for (std::string const address : {"10.0.0.1", "10.0.0.2", "10.0.0.3"}) {
    auto& fresh = producers.emplace_back(server.lookup_client());
    fresh.identify(address);
    fresh.command("REGISTER t");
    EXPECT_EQ(watch.next(), "t +" + address + ":4150");
  }
  EXPECT_EQ(
      test_support::run_to_end({.program = "/bin/sh", .arguments = {"-c", "echo >'" + gate + "'"}})
          .status,
      0);
  EXPECT_EQ(watch.next(), "[]");
  EXPECT_EQ(watch.next(), "[10.0.0.1:4150 10.0.0.2:4150 10.0.0.3:4150]");
  producers.pop_back();
  EXPECT_EQ(watch.next(), "t -10.0.0.3:4150");
  EXPECT_EQ(watch.next(), "[10.0.0.1:4150 10.0.0.2:4150]");
  EXPECT_EQ(watch.stop(), 0);
}

TEST(watch_command, tells_of_a_command_that_fails_and_goes_on) {
  server_process server;
  watch_process watch{address_of(server), {"t", "-exec", "exit 3"}};
  EXPECT_EQ(watch.next_error(), "watch: the command exited with 3");
  server.http_client().post("/topic/create?topic=t");
  EXPECT_EQ(watch.next_error(), "watch: the command exited with 3");
  EXPECT_EQ(watch.stop(), 0);
}

// It has closed its descriptors when its group is gone, so the end of the output tells.
TEST(watch_command, ends_its_command_with_itself) {
  server_process server;
  watch_process watch{address_of(server), {"t", "-exec", "echo x begun; sleep 1000 & wait"}};
  EXPECT_EQ(watch.next(), "t not_found");
  EXPECT_EQ(watch.next(), "begun");
  EXPECT_EQ(watch.stop(), 0);
  EXPECT_EQ(watch.next(), "");
}

TEST(watch_command, ends_when_the_server_refuses) {
  server_process server;
  watch_process watch{address_of(server), {"a b"}};
  EXPECT_EQ(watch.next_error(), "watch of http://" + address_of(server) +
                                    "/watch?topic=a%20b failed - it answers HTTP/1.0 400 Bad "
                                    R"(Request {"message":"INVALID_ARG_TOPIC"})");
  EXPECT_EQ(watch.wait(), 1);
}

TEST(watch_command, shows_a_token) {
  test_support::scratch_directory const scratch;
  auto const token = scratch.write("token", "0123456789abcdef0123\n");
  auto const line =
      test_support::run_to_end(
          {.program = "/bin/sh",
           .arguments = {"-c", std::string{NSQLOOKUPD_BINARY} + " hash-token me read <" + token}})
          .output;
  server_process server{{.flags = {"-http-auth-file=" + scratch.write("tokens", line)}}};
  watch_process without{address_of(server), {"t"}};
  EXPECT_THAT(without.next_error(), HasSubstr("401 Unauthorized"));
  EXPECT_EQ(without.wait(), 1);
  watch_process with{address_of(server), {"t", "-token-file", token}};
  EXPECT_EQ(with.next(), "t not_found");
  EXPECT_EQ(with.stop(), 0);
}

TEST(watch_command, tries_again_when_there_is_no_server) {
  server_process server;
  auto const address = address_of(server);
  EXPECT_EQ(server.stop(), 0);
  watch_process watch{address, {"t"}};
  EXPECT_THAT(watch.next_error(), StartsWith("watch of http://" + address));
  server_process again{{.flags = {"-http-address=" + address}}};
  EXPECT_EQ(watch.next(), "t not_found");
  EXPECT_EQ(watch.stop(), 0);
}

}  // namespace
}  // namespace nsqlookupd::e2e
