// SPDX-License-Identifier: MIT
//
// Certificates that change while the server runs.
#include "captured_log.hpp"
#include "eventually.hpp"
#include "tls_server.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <string>

namespace nsqlookupd {
namespace {

using namespace test_support;

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
  auto const wanted = "INFO: TLS: certificate " + world.settings.tls_cert + " is valid until ";
  EXPECT_TRUE(eventually([&] {
    auto const lines = log.lines();
    return std::ranges::count_if(
               lines, [&](std::string const& line) { return line.starts_with(wanted); }) == 2;
  }));
  EXPECT_EQ(name_shown(), "server");
}

TEST(certificates_at_start, must_be_good) {
  tls_world world;
  world.settings.tls_key = world.directory.path("missing");
  try {
    running_server const server{world.settings};
    ADD_FAILURE() << "it runs";
  } catch (std::runtime_error const& error) {
    EXPECT_EQ(error.what(),
              "failed to load tls-key " + world.settings.tls_key + " - No such file or directory");
  }
}

}  // namespace
}  // namespace nsqlookupd
