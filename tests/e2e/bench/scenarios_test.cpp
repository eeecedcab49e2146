// SPDX-License-Identifier: MIT
#include "bench_process.hpp"
#include "server_process.hpp"
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

namespace json = boost::json;
using strings = std::vector<std::string>;

// Runs a load on the server, and returns the figures of its parts.
json::array measure(server_process& server, strings arguments) {
  for (auto argument :
       {"--tcp=127.0.0.1:" + std::to_string(server.tcp_port()),
        "--http=127.0.0.1:" + std::to_string(server.http_port()),
        "--pid=" + std::to_string(server.process().id()), std::string{"--json=-"}}) {
    arguments.push_back(std::move(argument));
  }
  auto const ended = run_bench(arguments);
  EXPECT_EQ(ended.status, 0) << ended.error;
  return json::parse(ended.output).as_array();
}

double figure(json::value const& found, char const* name) {
  return json::value_to<double>(found.at(name));
}

TEST(bench_scenario, churn_counts_its_lifecycles_and_what_they_cost) {
  server_process server;
  auto const found = measure(server, {"churn", "--operations=300", "--connections=8"});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].at("scenario"), "churn");
  EXPECT_EQ(figure(found[0], "operations"), 300);
  for (auto const* const name : {"seconds", "per_second", "cpu_us_per_operation", "p50_us",
                                 "p99_us", "p999_us", "worst_us", "resident_bytes"}) {
    EXPECT_GT(figure(found[0], name), 0) << name;
  }
  EXPECT_LE(figure(found[0], "p50_us"), figure(found[0], "worst_us"));
}

TEST(bench_scenario, without_a_process_its_cost_is_left_open) {
  server_process server;
  strings const arguments{"lookup", "--operations=10", "--connections=1",
                          "--tcp=127.0.0.1:" + std::to_string(server.tcp_port()),
                          "--http=127.0.0.1:" + std::to_string(server.http_port())};
  auto with_json = arguments;
  with_json.emplace_back("--json=-");
  auto const found = json::parse(run_bench(with_json).output).at(0);
  for (auto const* const name : {"cpu_us_per_operation", "resident_bytes", "bytes_per_item"}) {
    EXPECT_TRUE(found.at(name).is_null()) << name;
  }
  EXPECT_GT(figure(found, "p50_us"), 0);
  auto const table = run_bench(arguments).output;
  EXPECT_EQ(std::ranges::count(table, '-'), 3) << table;
  EXPECT_TRUE(table.ends_with("          -          -\n")) << table;
}

TEST(bench_scenario, clients_come_from_several_addresses) {
  constexpr auto wanted = 20U;
  server_process server;
  measure(server, {"churn", "--operations=20", "--connections=1"});
  server.stop();
  std::set<std::string> hosts;
  for (auto const& line : server.last_lines()) {
    auto const begin = line.find("new client(");
    if (begin != std::string::npos) {
      hosts.insert(line.substr(begin, line.find(':', begin) - begin));
    }
  }
  EXPECT_EQ(hosts.size(), wanted);
}

TEST(bench_scenario, the_time_limit_ends_it) {
  server_process server;
  auto const found = measure(server, {"lookup", "--seconds=0.05", "--operations=1000000000"});
  EXPECT_GT(figure(found[0], "operations"), 0);
  EXPECT_GE(figure(found[0], "seconds"), 0.05);
}

TEST(bench_scenario, lookup_counts_answers_and_reads_them_whole) {
  server_process server;
  auto const found = measure(server, {"lookup", "--operations=100", "--pipelined=8",
                                      "--connections=2", "--standing-topics=20", "--path=/topics"});
  // A connection asks for eight at a time.
  EXPECT_EQ(figure(found[0], "operations"), 800);
  auto const topics = server.http_client().get("/topics").body;
  EXPECT_NE(topics.find("standing-19"), std::string::npos);
  EXPECT_EQ(figure(found[0], "body_bytes"), static_cast<double>(topics.size()));
}

TEST(bench_scenario, changing_registers_and_unregisters_between_requests) {
  server_process server;
  measure(server, {"lookup", "--operations=3", "--connections=1", "--changing", "--path=/nodes"});
  EXPECT_NE(server.http_client().get("/topics").body.find("\"flip\""), std::string::npos);
}

TEST(bench_scenario, mixed_tells_lookups_from_churn) {
  server_process server;
  auto const found = measure(server, {"mixed", "--operations=400", "--connections=4"});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].at("scenario"), "mixed: lookups");
  EXPECT_EQ(found[1].at("scenario"), "mixed: churn");
  EXPECT_EQ(figure(found[0], "operations") + figure(found[1], "operations"), 400);
  EXPECT_EQ(figure(found[0], "cpu_us_per_operation"), figure(found[1], "cpu_us_per_operation"));
}

TEST(bench_scenario, register_idle_and_restart_storm_register_what_they_say) {
  server_process server;
  auto const registered = measure(server, {"register", "--topics=30", "--channels=4"});
  EXPECT_EQ(figure(registered[0], "operations"), 120);
  auto const waiting = measure(server, {"idle", "--producers=400", "--topics=2"});
  EXPECT_EQ(figure(waiting[0], "operations"), 800);
  EXPECT_GT(figure(waiting[0], "bytes_per_item"), 0);
  auto const restarted = measure(server, {"restart-storm", "--producers=20", "--channels=3"});
  EXPECT_EQ(figure(restarted[0], "operations"), 80);
}

TEST(bench_scenario, storm_ends_when_nobody_is_left) {
  server_process server;
  auto const found = measure(server, {"storm", "--producers=30", "--topics=5"});
  EXPECT_EQ(figure(found[0], "operations"), 30);
  EXPECT_EQ(server.http_client().get("/nodes").body, R"({"producers":[]})");
}

TEST(bench_scenario, storm_wants_a_server_of_its_own) {
  server_process server;
  auto somebody = server.lookup_client();
  somebody.identify();
  somebody.command("REGISTER t");
  EXPECT_EQ(complaint_of({"storm", "--tcp=127.0.0.1:" + std::to_string(server.tcp_port()),
                          "--http=127.0.0.1:" + std::to_string(server.http_port())}),
            "storm needs a server of its own: /nodes of this one is not empty");
}

TEST(bench_scenario, long_answers_registers_while_it_asks) {
  server_process server;
  auto const found = measure(
      server, {"long-answers", "--seconds=0.1", "--producers=2", "--topics=50", "--channels=2"});
  EXPECT_GT(figure(found[0], "operations"), 0);
  EXPECT_GT(figure(found[0], "worst_us"), 0);
}

class bench_ping : public testing::TestWithParam<char const*> {};

INSTANTIATE_TEST_SUITE_P(beside, bench_ping,
                         testing::Values("symbol", "metrics", "unregister", "register", "unread",
                                         "delete"),
                         [](auto const& found) { return std::string{found.param}; });

TEST_P(bench_ping, counts_pings_beside_a_load) {
  server_process server;
  auto const found = measure(
      server, {"ping", "--beside", GetParam(), "--operations=20", "--producers=3", "--topics=50"});
  EXPECT_EQ(found[0].at("scenario"), "ping");
  EXPECT_GT(figure(found[0], "operations"), 0);
  EXPECT_GT(figure(found[0], "worst_us"), 0);
}

std::string_view requests_of(std::string const& metrics, std::string const& route) {
  auto const label = "nsqlookupd_http_requests_total{route=\"" + route + "\"";
  auto const line = std::string_view{metrics}.substr(std::min(metrics.find(label), metrics.size()));
  return line.substr(0, line.find('\n'));
}

TEST(bench_scenario, ping_makes_the_load_that_it_names) {
  server_process server;
  measure(server, {"ping", "--beside=symbol", "--operations=20"});
  measure(server, {"ping", "--beside=unread", "--producers=3", "--topics=7", "--pipelined=4"});
  auto const metrics = server.http_client().get("/metrics").body;
  EXPECT_TRUE(requests_of(metrics, "/debug/pprof/symbol").ends_with(" 20")) << metrics;
  EXPECT_TRUE(requests_of(metrics, "/topics").ends_with(" 12")) << metrics;
  measure(server, {"ping", "--beside=delete", "--topics=50"});
  EXPECT_EQ(server.http_client().get("/lookup?topic=wide").status(), 404);
}

TEST(bench_scenario, a_registry_that_refuses_is_named) {
  server_process server{{.flags = {"-max-registrations-per-producer=10"}}};
  auto const complaint =
      complaint_of({"register", "--tcp=127.0.0.1:" + std::to_string(server.tcp_port())});
  EXPECT_TRUE(
      complaint.starts_with("127.0.0.1:" + std::to_string(server.tcp_port()) + " answered E_"))
      << complaint;
}

}  // namespace
}  // namespace nsqlookupd::e2e
