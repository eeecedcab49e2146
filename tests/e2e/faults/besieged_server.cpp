// SPDX-License-Identifier: MIT
#include "besieged_server.hpp"

#include "eventually.hpp"
#include "process_memory.hpp"
#include "sanitized.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

namespace nsqlookupd::e2e {
namespace {

using std::chrono::steady_clock;
using test_support::error_output;
using test_support::eventually;
using milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::string_view bystander_address = "10.9.9.9";
constexpr milliseconds ping_limit{test_support::amount(1'000, 10'000)};

}  // namespace

besieged_server::besieged_server(server_start const& how, log_reader when)
    : server_{how}, bystander_{server_.tcp_port()} {
  if (how.error == error_output::pipe && when == log_reader::at_once) {
    read_log();
  }
  bystander_.identify(bystander_address);
  EXPECT_EQ(bystander_.command("REGISTER bystander c"), "OK");
  expect_service();
  before_mib_ = resident_mib(server_.process().id());
  forget_most_resident(server_.process().id());
}

besieged_server::~besieged_server() {
  if (!stopped_) {
    server_.process().send(SIGKILL);
  }
}

double besieged_server::metric(std::string_view name) const {
  auto const text = '\n' + http_client().get("/metrics").body;
  auto const label = '\n' + std::string{name} + ' ';
  auto const found = text.find(label);
  return found == std::string::npos ? -1 : std::stod(text.substr(found + label.size()));
}

milliseconds besieged_server::time_ping() const {
  auto const began = steady_clock::now();
  EXPECT_TRUE(server_.answers());
  return steady_clock::now() - began;
}

std::string besieged_server::lookup_answer() const {
  return http_client().get("/lookup?topic=bystander").body;
}

// A machine that is busy with other things may hold up one of them, or two.
void besieged_server::expect_service() {
  constexpr int attempts = 3;
  auto taken = time_ping();
  for (int count = 1; count < attempts && taken > ping_limit; ++count) {
    taken = time_ping();
  }
  EXPECT_LT(taken.count(), ping_limit.count());
  slowest_ping_ms_ = std::max(slowest_ping_ms_, taken.count());
  EXPECT_EQ(bystander_.command("PING"), "OK");
  EXPECT_EQ(lookup_answer(), R"({"channels":["c"],"producers":[)" +
                                 bystander_.as_producer(bystander_address) + "]}");
}

void besieged_server::expect_recovery(fault_cost const& limit) {
  expect_service();
  auto const process = server_.process().id();
  auto const bound = before_mib_ + bound_here(limit.left_mib);
  double now = 0;
  EXPECT_TRUE(eventually([&] { return (now = resident_mib(process)) <= bound; }))
      << now << " MiB, more than " << bound;
  auto const most = most_resident_mib(process);
  EXPECT_LE(most, before_mib_ + bound_here(limit.most_mib));
  auto const lines = log_ ? log_->line_count() : 0;
  EXPECT_LE(lines, limit.log_lines);
  std::printf(
      "[ measured ] MiB: %.1f before, %.1f at most, %.1f after; slowest /ping %.1f ms; "
      "%zu log lines\n",
      before_mib_, most, now, slowest_ping_ms_, lines);
}

void besieged_server::expect_good_end() {
  server_.process().send(SIGTERM);
  expect_end();
}

void besieged_server::expect_end() {
  EXPECT_EQ(server_.wait_for_stop(), 0);
  stopped_ = true;
  if (log_) {
    log_->wait_for_end();
    EXPECT_EQ(log_->foreign_lines(), "");
  }
}

}  // namespace nsqlookupd::e2e
