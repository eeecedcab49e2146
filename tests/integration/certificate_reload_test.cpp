// SPDX-License-Identifier: MIT
//
// Certificates that change while the server runs.
#include "captured_log.hpp"
#include "error_of.hpp"
#include "eventually.hpp"
#include "tls_server.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <regex>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nsqlookupd {
namespace {

using namespace test_support;

using namespace std::chrono_literals;

std::ptrdiff_t count_lines(captured_log const& log, std::string_view begin) {
  auto const lines = log.lines();
  return std::ranges::count_if(lines,
                               [&](std::string const& line) { return line.starts_with(begin); });
}

std::string valid_line(tls_world const& world) {
  return "INFO: TLS: certificate " + world.settings.tls_cert + " is valid until ";
}

std::string complaint(tls_world const& world) {
  return "ERROR: TLS: clients will refuse the certificate in " + world.settings.tls_cert + " - ";
}

std::string name_shown_at_any_time(tls_world const& world, running_server const& server) {
  auto how = world.client();
  how.minds_the_time = false;
  return world.https_client(server, how).tls()->server_name();
}

class certificate_reload : public testing::Test {
 protected:
  [[nodiscard]] std::string name_shown() const {
    return world.https_client(server).tls()->server_name();
  }

  tls_world world;
  captured_log log;
  running_server server{world.settings};
};

TEST_F(certificate_reload, follows_the_files_and_drops_no_connection) {
  auto consumer = world.https_client(server);
  auto producer = world.lookup_client_over_tls(server);
  EXPECT_EQ(producer.command("PING"), "OK");
  EXPECT_EQ(name_shown(), "server");
  world.renew("renewed");
  EXPECT_TRUE(eventually([&] { return name_shown() == "renewed"; }));
  EXPECT_EQ(consumer.get("/ping").body, "OK");
  EXPECT_EQ(producer.command("PING"), "OK");
}

TEST_F(certificate_reload, keeps_the_old_one_where_the_new_one_is_broken) {
  world.directory.write("server.key", "broken");
  EXPECT_TRUE(log.wait_for("ERROR: TLS: the old certificate stays - failed to load tls-key " +
                           world.settings.tls_key + " - there is no private key in it, in PEM"));
  EXPECT_EQ(name_shown(), "server");
}

TEST_F(certificate_reload, happens_on_sighup) {
  ASSERT_EQ(std::raise(SIGHUP), 0);
  EXPECT_TRUE(eventually([&] { return count_lines(log, valid_line(world)) == 2; }));
  EXPECT_EQ(name_shown(), "server");
}

TEST_F(certificate_reload, takes_one_that_is_not_valid_and_says_so_each_time) {
  world.renew("late", {-2h, -1h});
  EXPECT_TRUE(log.wait_for(complaint(world) + "it expired on "));
  EXPECT_EQ(name_shown_at_any_time(world, server), "late");
  world.renew("early", {1h, 2h});
  EXPECT_TRUE(log.wait_for(complaint(world) + "it is not valid before "));
  EXPECT_EQ(name_shown_at_any_time(world, server), "early");
  world.renew("renewed");
  EXPECT_TRUE(eventually([&] { return count_lines(log, valid_line(world)) == 2; }));
  EXPECT_EQ(name_shown(), "renewed");
}

TEST(sighup, says_that_there_is_nothing_to_re_read) {
  captured_log const log;
  running_server server{loopback_options(), running_server::not_yet{}};
  // One that comes before the server runs is not lost either.
  ASSERT_EQ(std::raise(SIGHUP), 0);
  server.start();
  std::string const line = "INFO: SIGHUP: there is nothing to re-read";
  EXPECT_TRUE(log.wait_for(line));
  ASSERT_EQ(std::raise(SIGHUP), 0);
  EXPECT_TRUE(eventually([&] { return count_lines(log, line) == 2; }));
  EXPECT_EQ(http_client{server.http_port()}.get("/ping").body, "OK");
}

class certificate_that_is_not_valid : public testing::TestWithParam<validity> {};
INSTANTIATE_TEST_SUITE_P(because, certificate_that_is_not_valid,
                         testing::Values(validity{-2h, -1h}, validity{1h, 2h}));

TEST_P(certificate_that_is_not_valid, does_not_keep_the_server_from_serving) {
  captured_log const log;
  tls_world world;
  world.renew("server", GetParam());
  running_server const server{world.settings};
  http_client plain{server.http_port()};
  EXPECT_EQ(plain.get("/ping").body, "OK");
  EXPECT_EQ(lookup_client{server.tcp_port()}.command("PING"), "OK");
  EXPECT_EQ(name_shown_at_any_time(world, server), "server");
  EXPECT_THROW(static_cast<void>(world.https_client(server)), std::runtime_error);
  EXPECT_EQ(count_lines(log, complaint(world)), 1);
  EXPECT_EQ(count_lines(log, valid_line(world)), 0);
  std::regex const metric{"\nnsqlookupd_tls_certificate_expiry_seconds (\\d+)\n"};
  auto const text = plain.get("/metrics").body;
  std::smatch found;
  ASSERT_TRUE(std::regex_search(text, found, metric)) << text;
  auto const wanted = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()) +
                      GetParam().end.count();
  EXPECT_NEAR(std::stod(found[1]), static_cast<double>(wanted), 60);
}

TEST(root_certificates, that_are_not_valid_are_told_of) {
  captured_log const log;
  tls_world world;
  certificate_authority const old{"old", {-2h, -1h}};
  world.settings.tls_root_ca_file = world.directory.write("root.pem", old.root());
  world.settings.tls_client_auth_policy = tls::client_auth::require_verify;
  running_server const server{world.settings};
  EXPECT_EQ(count_lines(log, "ERROR: TLS: no client will be let in by the root certificate in " +
                                 world.settings.tls_root_ca_file + " - it expired on "),
            1);
  EXPECT_EQ(http_client{server.http_port()}.get("/ping").body, "OK");
}

TEST(certificates_at_start, must_be_good) {
  tls_world world;
  world.settings.tls_key = world.directory.path("missing");
  EXPECT_EQ(error_of([&] { running_server const server{world.settings}; }),
            "failed to load tls-key " + world.settings.tls_key + " - No such file or directory");
}

}  // namespace
}  // namespace nsqlookupd
