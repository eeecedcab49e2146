// SPDX-License-Identifier: MIT
//
// A log that cannot be written never stops or blocks the server.
#include "server_process.hpp"
#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace nsqlookupd::e2e {
namespace {

using test_support::error_output;

// Both kinds of clients are served, and the server stops when told.
void expect_service(server_process& server) {
  auto producer = server.lookup_client();
  EXPECT_TRUE(producer.identify().starts_with(R"({"broadcast_address":)"));
  EXPECT_EQ(producer.command("REGISTER t c"), "OK");
  EXPECT_EQ(server.http_client().get("/topics").body, R"({"topics":["t"]})");
  EXPECT_EQ(server.stop(), 0);
}

TEST(standard_error, that_is_closed_gets_no_clients_bytes) {
  server_process server{{.error = error_output::closed, .says_where = false}};
  auto const descriptor = "/proc/" + std::to_string(server.process().id()) + "/fd/2";
  // It is served, so it runs far enough to stop when told.
  EXPECT_EQ(server.http_client().get("/ping").body, "OK");
  EXPECT_EQ(std::filesystem::read_symlink(descriptor), "/dev/null");
  EXPECT_EQ(server.stop(), 0);
}

TEST(standard_error, that_is_closed_does_not_matter) {
  server_process server{{.error = error_output::closed, .says_where = false}};
  expect_service(server);
}

TEST(standard_error, that_is_full_does_not_matter) {
  server_process server{{.error = error_output::full_device, .says_where = false}};
  expect_service(server);
}

TEST(standard_error, without_a_reader_does_not_matter) {
  server_process server;
  server.process().error_pipe().close();
  expect_service(server);
}

TEST(standard_error, that_nobody_reads_does_not_matter) {
  server_process server;
  auto client = server.http_client();
  // A small pipe is full sooner. The loop writes several times the pipe's size.
  auto const size = ::fcntl(server.process().error_pipe().number(), F_SETPIPE_SZ, 4096);
  ASSERT_GT(size, 0);
  auto const target = "/lookup?topic=" + std::string(1000, 'x');
  for (int logged = 0; logged < 8 * size; logged += 1000) {
    EXPECT_EQ(client.get(target).status(), 404);
  }
  expect_service(server);
}

TEST(standard_error, that_is_read_again_gets_the_lines_that_waited) {
  server_process server;
  ASSERT_GT(::fcntl(server.process().error_pipe().number(), F_SETPIPE_SZ, 4096), 0);
  auto client = server.http_client();
  auto const target = "/lookup?topic=" + std::string(1000, 'x');
  constexpr int count = 100;
  for (int done = 0; done < count; ++done) {
    EXPECT_EQ(client.get(target).status(), 404);
  }
  for (int read = 0; read < count; ++read) {
    EXPECT_EQ(server.next_line(), "INFO: 404 GET " + target + " (" + client.name() + ") …");
  }
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace nsqlookupd::e2e
