// SPDX-License-Identifier: MIT
//
// SIGHUP, with files to re-read and without.
#include "certificate_authority.hpp"
#include "scratch_directory.hpp"
#include "server_process.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using namespace std::chrono_literals;

std::string const nothing =
    "INFO: SIGHUP: there is nothing to re-read: neither certificates nor "
    "tokens are configured";

TEST(sighup, without_files_is_answered_by_one_line_each_time) {
  server_process server{{.flags = {"-drain-timeout=10m"}}};
  for (int count = 0; count < 2; ++count) {
    server.process().send(SIGHUP);
    EXPECT_EQ(server.next_line(), nothing);
  }
  server.process().send(SIGTERM);
  server.lines_through("draining: ");
  server.process().send(SIGHUP);
  EXPECT_EQ(server.next_line(), nothing);
  EXPECT_TRUE(server.answers());
  EXPECT_EQ(server.stop(), 0) << "the second signal";
}

TEST(sighup, re_reads_the_files_an_expired_certificate_included) {
  test_support::certificate_authority const authority;
  test_support::scratch_directory const directory;
  auto const own = authority.issue("server", {-2h, -1h});
  auto const certificate = directory.write("server.pem", own.certificate);
  auto const key = directory.write("server.key", own.key);
  server_process server{
      {.flags = {"-https-address=127.0.0.1:0", "-tls-cert=" + certificate, "-tls-key=" + key}}};
  EXPECT_TRUE(server.answers());
  auto const complaint = "ERROR: TLS: clients will refuse the certificate in " + certificate;
  server.lines_through(complaint);
  server.process().send(SIGHUP);
  server.lines_through(complaint);
  EXPECT_TRUE(server.answers());
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace nsqlookupd::e2e
