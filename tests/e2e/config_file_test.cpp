// SPDX-License-Identifier: MIT
#include "server_process.hpp"
#include "temporary_file.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace nsqlookupd::e2e {
namespace {

using config::test::temporary_file;

// Runs the server with this file and expects it to end with one line: `FATAL: ` and the text, in
// which `PATH` stands for the file.
void expect_fatal(std::string const& path, std::string text,
                  std::vector<std::string> arguments = {}) {
  arguments.push_back("-config=" + path);
  auto const ended = run_server(arguments);
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.output, "");
  ASSERT_EQ(std::count(ended.error.begin(), ended.error.end(), '\n'), 1) << ended.error;
  if (auto const at = text.find("PATH"); at != std::string::npos) {
    text.replace(at, 4, path);
  }
  auto const line = without_stamp(ended.error.substr(0, ended.error.size() - 1));
  EXPECT_TRUE(line.starts_with("FATAL: " + text)) << line;
}

void expect_fatal_file(std::string_view content, std::string const& text) {
  temporary_file const file{content};
  expect_fatal(file.path(), text);
}

TEST(config_file, sets_what_the_flags_set) {
  temporary_file const file{
      "log_prefix = \"file \"\n"
      "broadcast_address = \"from.file\"\n"
      "inactive_producer_timeout = \"1h30m\"\n"
      "tombstone_lifetime = 45000\n"
      "log_level = \"DEBUG\"\n"};
  server_process server{{.flags = {"-config", file.path()}, .prefix = "file "}};
  auto const reply = server.lookup_client().identify();
  EXPECT_TRUE(reply.starts_with(R"({"broadcast_address":"from.file")")) << reply;
  EXPECT_EQ(server.stop(), 0);
}

TEST(config_file, takes_an_integer_for_milliseconds) {
  temporary_file const no_time{"inactive_producer_timeout = 0\n"};
  server_process const forgetful{{.flags = {"-config=" + no_time.path()}}};
  auto forgotten = forgetful.lookup_client();
  forgotten.identify();
  EXPECT_EQ(forgetful.http_client().get("/nodes").body, R"({"producers":[]})");

  // 300,000 nanoseconds or microseconds would be over by the time of the answer.
  temporary_file const five_minutes{"inactive_producer_timeout = 300000\n"};
  server_process const server{{.flags = {"-config=" + five_minutes.path()}}};
  auto client = server.lookup_client();
  client.identify();
  EXPECT_NE(server.http_client().get("/nodes").body, R"({"producers":[]})");
}

TEST(config_file, with_an_unknown_key_is_warned_of) {
  temporary_file const file{"\nunknown_key = 1\ntcp-address = \"x\"\n"};
  server_process server{{.flags = {"-config=" + file.path()}}};
  auto const lines = server.first_lines();
  auto const has = [&](std::string const& line) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
  };
  EXPECT_TRUE(has("WARNING: config file " + file.path() +
                  ", line 2: unknown key 'unknown_key' is ignored"));
  EXPECT_TRUE(has("WARNING: config file " + file.path() +
                  ", line 3: unknown key 'tcp-address' is ignored, did you mean tcp_address?"));
  EXPECT_EQ(lines.size(), 5U);
  EXPECT_EQ(server.stop(), 0);
}

TEST(config_file, with_a_bad_value_ends_the_start) {
  expect_fatal_file("tombstone_lifetime = \"5\"\n",
                    "failed parsing tombstone_lifetime 5 in config file PATH, line 1 - must "
                    "be a duration such as \"1m30s\"");
  expect_fatal_file("\ntombstone_lifetime = 1.5\n",
                    "failed parsing tombstone_lifetime 1.5 in config file PATH, line 2 - ");
  expect_fatal_file("inactive_producer_timeout = true\n",
                    "failed parsing inactive_producer_timeout true in config file PATH, line 1");
  expect_fatal_file("log_prefix = 5\n",
                    "failed parsing log_prefix 5 in config file PATH, line 1 - ");
}

TEST(config_file, with_a_bad_log_level_ends_the_start_even_when_a_flag_overrides_it) {
  temporary_file const file{"log_level = \"loud\"\n"};
  auto const text =
      "failed parsing log_level loud in config file PATH, line 1 - invalid log level "
      "'loud' (debug, info, warn, error, fatal)";
  expect_fatal(file.path(), text);
  expect_fatal(file.path(), text, {"-log-level=info"});
}

TEST(config_file, that_is_no_toml_ends_the_start) {
  expect_fatal_file("\nx = y\n", "failed to load config file PATH - toml: line 2: ");
  expect_fatal_file("x = \"open\n", "failed to load config file PATH - toml: line 1: ");
  expect_fatal_file("x = \"a\nb", "failed to load config file PATH - toml: line 1: ");
  expect_fatal_file("a\x1b[31m", "failed to load config file PATH - toml: line 1: ");
  expect_fatal_file("log_prefix = \"\xff\"\n", "failed to load config file PATH - toml: line 1: ");
}

TEST(config_file, that_cannot_be_read_ends_the_start) {
  expect_fatal(testing::TempDir() + "there/is/no/such.toml",
               "failed to load config file PATH - No such file or directory");
  expect_fatal("/", "failed to load config file / - Is a directory");
}

}  // namespace
}  // namespace nsqlookupd::e2e
