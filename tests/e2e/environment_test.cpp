// SPDX-License-Identifier: MIT
#include "server_process.hpp"
#include "temporary_file.hpp"
#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::e2e {
namespace {

using config::test::temporary_file;

// The server's name in its answer to an IDENTIFY.
std::string broadcast_address(server_process const& server) {
  auto const reply = server.lookup_client().identify();
  std::string const key = R"({"broadcast_address":")";
  return reply.starts_with(key) ? reply.substr(key.size(), reply.find('"', key.size()) - key.size())
                                : reply;
}

TEST(environment, names_each_flag_in_capitals) {
  server_process const server{
      {.variables = {"NSQLOOKUPD_LOG_PREFIX=env ", "NSQLOOKUPD_BROADCAST_ADDRESS=from.environment"},
       .prefix = "env "}};
  EXPECT_EQ(broadcast_address(server), "from.environment");
}

TEST(environment, can_name_the_config_file) {
  temporary_file const file{"log_prefix = \"file \"\n"};
  server_process server{{.variables = {"NSQLOOKUPD_CONFIG=" + file.path()}, .prefix = "file "}};
  EXPECT_EQ(server.stop(), 0);
}

TEST(environment, may_have_empty_variables) {
  server_process server{
      {.variables = {"NSQLOOKUPD_LOG_LEVEL=", "NSQLOOKUPD_CONFIG=", "NSQLOOKUPD_THREADS=",
                     "NSQLOOKUPD_DRAIN_TIMEOUT=", "WATCHDOG_USEC=", "NOTIFY_SOCKET=", "LISTEN_PID=",
                     "LISTEN_FDS="}}};
  EXPECT_EQ(server.stop(), 0);
}

TEST(environment, with_a_bad_value_is_one_line_and_exit_1) {
  auto const ended = run_server({}, {"NSQLOOKUPD_TOMBSTONE_LIFETIME=junk"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.output, "");
  ASSERT_TRUE(ended.error.ends_with("\n"));
  EXPECT_EQ(without_stamp(ended.error.substr(0, ended.error.size() - 1)),
            "FATAL: failed parsing environment variable NSQLOOKUPD_TOMBSTONE_LIFETIME=junk - "
            R"(must be a duration such as "1m30s")");
}

TEST(environment, with_control_bytes_in_a_bad_value_is_one_line_too) {
  auto const ended = run_server({}, {"NSQLOOKUPD_THREADS=1\n2\x7f"});
  EXPECT_EQ(ended.status, 1);
  ASSERT_TRUE(ended.error.ends_with("\n"));
  EXPECT_EQ(without_stamp(ended.error.substr(0, ended.error.size() - 1)),
            "FATAL: failed parsing environment variable NSQLOOKUPD_THREADS=1\\n2\\x7f - "
            "must be a whole number from 1 to 256");
}

TEST(precedence, is_flag_then_environment_then_file_then_default) {
  temporary_file const file{"broadcast_address = \"from.file\"\n"};
  auto const config = "-config=" + file.path();
  std::string const variable = "NSQLOOKUPD_BROADCAST_ADDRESS=from.environment";
  std::string const flag = "-broadcast-address=from.flag";

  EXPECT_EQ(broadcast_address(server_process{{.flags = {config, flag}, .variables = {variable}}}),
            "from.flag");
  EXPECT_EQ(broadcast_address(server_process{{.flags = {config}, .variables = {variable}}}),
            "from.environment");
  EXPECT_EQ(broadcast_address(server_process{{.flags = {config}}}), "from.file");
  auto const by_default = broadcast_address(server_process{});
  EXPECT_FALSE(by_default.empty() || by_default.starts_with("from.")) << by_default;
}

TEST(precedence, lets_a_flag_with_its_default_value_beat_the_file) {
  temporary_file const file{"log_prefix = \"file \"\n"};
  server_process server{{.flags = {"-config=" + file.path(), "-log-prefix=[nsqlookupd] "}}};
  EXPECT_EQ(server.stop(), 0);
}

TEST(precedence, lets_a_flag_beat_a_bad_value_in_the_environment) {
  server_process server{
      {.flags = {"-tombstone-lifetime=1s"}, .variables = {"NSQLOOKUPD_TOMBSTONE_LIFETIME=junk"}}};
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace nsqlookupd::e2e
