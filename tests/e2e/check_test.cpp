// SPDX-License-Identifier: MIT
#include "certificate_authority.hpp"
#include "scratch_directory.hpp"
#include "server_process.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using namespace std::chrono_literals;
using test_support::certificate_authority;
using test_support::scratch_directory;
using testing::Contains;
using testing::ContainsRegex;
using testing::HasSubstr;

TEST(check, of_good_settings_prints_them_and_is_silent_on_standard_error) {
  auto const ended = run_server({"check", "-threads=2"}, {"NSQLOOKUPD_LOG_LEVEL=debug"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.error, "");
  EXPECT_THAT(ended.output, ContainsRegex("threads +2 +flag\n"));
  EXPECT_THAT(ended.output, ContainsRegex("log-level +DEBUG +NSQLOOKUPD_LOG_LEVEL\n"));
  EXPECT_THAT(ended.output, ContainsRegex("tcp-address +\"0.0.0.0:4160\" +default\n"));
}

TEST(check, opens_no_port) {
  server_process const server;
  auto const address = "127.0.0.1:" + std::to_string(server.http_port());
  EXPECT_EQ(run_server({"check", "-http-address=" + address}).status, 0);
}

TEST(check, tells_of_certificates_and_tokens) {
  scratch_directory const files;
  certificate_authority const authority;
  auto const own = authority.issue("server");
  auto const certificate = files.write("server.pem", own.certificate);
  auto const hash = std::string(32, '0') + ':' + std::string(64, '0');
  auto const tokens = files.write("tokens", "me write sha256:" + hash + "\n");
  auto const ended =
      run_server({"check", "-https-address=:0", "-tls-cert=" + certificate,
                  "-tls-key=" + files.write("server.key", own.key), "-http-auth-file=" + tokens});
  EXPECT_EQ(ended.status, 0) << ended.error;
  EXPECT_THAT(ended.output, HasSubstr("certificate " + certificate + " is valid until "));
  EXPECT_THAT(ended.output, HasSubstr("token file " + tokens + " has 1 token\n"));
}

TEST(check, has_a_line_for_each_fault) {
  scratch_directory const files;
  certificate_authority const authority;
  auto const own = authority.issue("server");
  auto const tokens = files.write("tokens", "nonsense\n");
  auto const ended = run_server(
      {"check", "-https-address=:0", "-tls-cert=" + files.write("own.pem", own.certificate),
       "-http-auth-file=" + tokens, "-tcp-address=127.0.0.1"},
      {"NSQLOOKUPD_THREADS=0"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.error,
              ContainsRegex("^fault: failed parsing environment variable NSQLOOKUPD_THREADS=0 .*\n"
                            "fault: address 127.0.0.1: missing port in address\n"
                            "fault: TLS needs both tls-cert and tls-key\n"
                            "fault: failed to load http-auth-file .*tokens - line 1: .*\n$"));
}

// A server starts with it, and so must a unit that checks before.
TEST(check, only_warns_of_a_certificate_that_has_expired) {
  scratch_directory const files;
  certificate_authority const authority;
  auto const late = authority.issue("server", {-2h, -1h});
  std::vector<std::string> arguments{"check", "-https-address=:0",
                                     "-tls-cert=" + files.write("late.pem", late.certificate),
                                     "-tls-key=" + files.write("late.key", late.key)};
  auto const mild = run_server(arguments);
  EXPECT_EQ(mild.status, 0);
  EXPECT_THAT(mild.error, ContainsRegex("^warning: clients will refuse the certificate in "
                                        ".*late.pem - it expired on .*\n$"));
  arguments.emplace_back("-strict");
  EXPECT_EQ(run_server(arguments).status, 1);
}

TEST(check, that_is_strict_fails_for_a_name_that_is_no_setting) {
  std::vector<std::string> const typo{"NSQLOOKUPD_TCP_ADRESS=:1"};
  auto const mild = run_server({"check"}, typo);
  EXPECT_EQ(mild.status, 0);
  EXPECT_EQ(mild.error,
            "warning: environment variable NSQLOOKUPD_TCP_ADRESS is no setting and is ignored\n");
  auto const strict = run_server({"check", "-strict"}, typo);
  EXPECT_EQ(strict.status, 1);
  EXPECT_THAT(strict.error, HasSubstr("fault: environment variable NSQLOOKUPD_TCP_ADRESS"));
}

TEST(unknown_variable, is_warned_of_by_a_server) {
  server_process const server{{.variables = {"NSQLOOKUPD_TCP_ADRESS=:1"}}};
  EXPECT_THAT(server.first_lines(),
              Contains(HasSubstr("NSQLOOKUPD_TCP_ADRESS is no setting and is ignored")));
}

}  // namespace
}  // namespace nsqlookupd::e2e
