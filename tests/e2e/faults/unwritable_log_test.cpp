// SPDX-License-Identifier: MIT
//
// A log that is closed, that nobody reads, or whose disk is full.
#include "besieged_server.hpp"
#include "eventually.hpp"
#include <fcntl.h>
#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::e2e {
namespace {

using test_support::error_output;
using test_support::eventually;

constexpr int requests = 4'000;

// Four times what may wait to be written.
void make_4_mib_of_lines(besieged_server const& besieged) {
  auto client = besieged.http_client();
  auto const target = "/lookup?topic=" + std::string(1000, 'x');
  for (int count = 0; count < requests; ++count) {
    EXPECT_EQ(client.get(target).status(), 404);
  }
}

void expect_lines_dropped(besieged_server& besieged) {
  make_4_mib_of_lines(besieged);
  EXPECT_TRUE(eventually([&] { return besieged.metric("nsqlookupd_log_dropped_total") > 100; }));
  besieged.expect_recovery({.most_mib = 8, .left_mib = 8, .log_lines = 0});
}

TEST(fault, a_log_that_is_closed_does_not_matter) {
  besieged_server besieged{{.error = error_output::closed, .says_where = false}};
  make_4_mib_of_lines(besieged);
  besieged.expect_recovery({.most_mib = 8, .left_mib = 8, .log_lines = 0});
  besieged.expect_good_end();
}

TEST(fault, a_log_whose_device_is_full_drops_lines_and_counts_them) {
  besieged_server besieged{{.error = error_output::full_device, .says_where = false}};
  expect_lines_dropped(besieged);
  besieged.expect_good_end();
}

TEST(fault, a_log_that_nobody_reads_drops_lines_and_counts_them) {
  besieged_server besieged{{}, log_reader::later};
  expect_lines_dropped(besieged);
  besieged.expect_good_end();
}

TEST(fault, a_log_that_is_read_again_says_how_many_lines_are_missing) {
  besieged_server besieged{{}, log_reader::later};
  expect_lines_dropped(besieged);
  besieged.read_log();
  EXPECT_TRUE(besieged.log().wait_for("log lines dropped: the log could not be written"));
  EXPECT_LT(besieged.log().line_count(), requests);
  besieged.expect_good_end();
}

}  // namespace
}  // namespace nsqlookupd::e2e
