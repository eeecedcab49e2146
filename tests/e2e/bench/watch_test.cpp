// SPDX-License-Identifier: MIT
#include "bench_process.hpp"
#include "fake_server.hpp"
#include "server_process.hpp"
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <gtest/gtest.h>

#include <ios>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

namespace json = boost::json;
using strings = std::vector<std::string>;
using then = fake_server::then;

double number_in(json::value const& found, char const* name) {
  return json::value_to<double>(found.at(name));
}

void expect_no_faults(json::value const& found) {
  for (auto const* const fault : {"ids_not_growing", "unexpected", "wrong_last_states"}) {
    EXPECT_EQ(number_in(found.at("watch"), fault), 0) << fault;
  }
}

// Watches a server that is started for it.
json::value watch_started(char const* binary, strings arguments) {
  arguments.insert(arguments.begin(), {"watch", "--json=-", "--seconds=0.1", "--rate=500",
                                       std::string{"--server=it="} + binary});
  auto const ended = run_bench(arguments);
  EXPECT_EQ(ended.status, 0) << ended.error;
  return json::parse(ended.output).at(0);
}

class bench_watch_by : public testing::TestWithParam<char const*> {};

INSTANTIATE_TEST_SUITE_P(mode, bench_watch_by, testing::Values("stream", "wait"),
                         [](auto const& found) { return std::string{found.param}; });

TEST_P(bench_watch_by, counts_an_event_of_each_watcher_for_each_change) {
  auto const found =
      watch_started(NSQLOOKUPD_FLOOR_BINARY, {"--watchers=20", "--topics=4", "--mode", GetParam()});
  EXPECT_EQ(found.at("scenario"), "it: watch");
  EXPECT_EQ(number_in(found.at("watch"), "watchers"), 20);
  EXPECT_GT(number_in(found.at("watch"), "changes"), 0);
  EXPECT_EQ(number_in(found, "operations"), 5 * number_in(found.at("watch"), "changes"));
  EXPECT_EQ(number_in(found, "body_bytes"), 230);
  for (auto const* const name : {"cpu_us_per_operation", "p50_us", "worst_us"}) {
    EXPECT_GT(number_in(found, name), 0) << name;
  }
  for (auto const* const name : {"last_p50_us", "last_worst_us", "ping_p99_us", "ping_worst_us"}) {
    EXPECT_GT(number_in(found.at("watch"), name), 0) << name;
  }
  EXPECT_EQ(number_in(found.at("watch"), "last_worst_us"), number_in(found, "worst_us"));
  expect_no_faults(found);
}

TEST_P(bench_watch_by, finds_no_fault_in_this_server) {
  auto const found =
      watch_started(NSQLOOKUPD_BINARY, {"--watchers=20", "--topics=4", "--mode", GetParam()});
  EXPECT_EQ(number_in(found, "operations"), 5 * number_in(found.at("watch"), "changes"));
  EXPECT_GT(number_in(found, "bytes_per_item"), 0);
  expect_no_faults(found);
}

TEST_P(bench_watch_by, sees_a_storm_to_its_end) {
  auto const found = watch_started(NSQLOOKUPD_BINARY, {"--storm", "--producers=30", "--watchers=20",
                                                       "--topics=4", "--mode", GetParam()});
  EXPECT_EQ(found.at("scenario"), "it: watch: storm");
  EXPECT_GE(number_in(found, "operations"), 20);
  EXPECT_FALSE(found.at("watch").at("peak_growth_bytes").is_null());
  expect_no_faults(found);
}

TEST(bench_watch, of_one_topic_tells_all_of_each_change) {
  auto const found =
      watch_started(NSQLOOKUPD_FLOOR_BINARY, {"--watchers=30", "--one-topic", "--producers=2"});
  EXPECT_EQ(number_in(found, "operations"), 30 * number_in(found.at("watch"), "changes"));
  expect_no_faults(found);
}

TEST(bench_watch, prints_a_second_table) {
  auto const ended = run_bench({"watch", "--seconds=0.05", "--watchers=3", "--topics=1", "--server",
                                std::string{"one="} + NSQLOOKUPD_FLOOR_BINARY, "--server",
                                std::string{"two="} + NSQLOOKUPD_FLOOR_BINARY});
  ASSERT_EQ(ended.status, 0) << ended.error;
  auto const second = ended.output.find("\nlast reader");
  ASSERT_NE(second, std::string::npos) << ended.output;
  EXPECT_LT(ended.output.find("\ntwo: watch"), second);
  EXPECT_GT(ended.output.rfind("\ntwo: watch"), ended.output.rfind("\none: watch"));
  EXPECT_GT(ended.output.rfind("\none: watch"), second);
}

std::string event(std::string const& id, std::string const& data) {
  auto const text = "id: " + id + "\nevent: lookup\ndata: " + data + "\n\n";
  std::ostringstream chunk;
  chunk << std::hex << text.size() << "\r\n" << text << "\r\n";
  return chunk.str();
}

std::string answer(std::string const& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string const stream_head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
std::string const nobody = R"({"channels":[],"producers":[]})";
std::string const somebody = R"({"channels":[],"producers":[{}]})";

// Producers go to a good server, and one watcher to another one.
strings one_watcher(server_process& producers, fake_server const& watched) {
  return {"watch",
          "--storm",
          "--watchers=1",
          "--producers=1",
          "--topics=1",
          "--patience=0.3",
          "--tcp=127.0.0.1:" + std::to_string(producers.tcp_port()),
          "--http=" + watched.address()};
}

json::value faults_of(std::string const& stream, std::string const& lookup,
                      std::string& complaint) {
  server_process producers;
  fake_server const watched{{{"GET /watch", stream}, {"GET /lookup", lookup}}, then::answers_again};
  auto arguments = one_watcher(producers, watched);
  arguments.emplace_back("--json=-");
  auto const ended = run_bench(arguments);
  EXPECT_EQ(ended.status, 1);
  complaint = ended.error.substr(ended.error.find('\n') + 1);
  return json::parse(ended.output).at(0);
}

TEST(bench_watch, counts_ids_that_do_not_grow) {
  std::string complaint;
  auto const found = faults_of(stream_head + event("5", somebody) + event("5", somebody) +
                                   event("4", nobody) + event("6", nobody) + "3\r\n:\n\n\r\n",
                               answer(nobody), complaint);
  EXPECT_EQ(number_in(found.at("watch"), "ids_not_growing"), 2);
  EXPECT_EQ(number_in(found.at("watch"), "comments"), 1);
  EXPECT_EQ(number_in(found.at("watch"), "wrong_last_states"), 0);
  EXPECT_EQ(complaint, "nsqlookupd-bench: 2 events had an id that was not above the one before\n");
}

TEST(bench_watch, counts_last_states_that_lookup_does_not_say) {
  std::string complaint;
  auto const found = faults_of(stream_head + event("5", somebody), answer(nobody), complaint);
  EXPECT_EQ(number_in(found.at("watch"), "wrong_last_states"), 1);
  EXPECT_EQ(complaint, "nsqlookupd-bench: 1 watchers were told last what /lookup does not say\n");
}

struct broken {
  char const* name;
  std::string answer;
  then afterwards;
  // Behind the address of the server.
  char const* complaint;
  char const* mode = "stream";
};

void PrintTo(broken const& server, std::ostream* out) {
  *out << server.name;
}

class bench_watch_of : public testing::TestWithParam<broken> {};

TEST_P(bench_watch_of, a_broken_server_is_one_line) {
  server_process producers;
  fake_server const watched{GetParam().answer, GetParam().afterwards};
  auto arguments = one_watcher(producers, watched);
  arguments.emplace_back("--mode");
  arguments.emplace_back(GetParam().mode);
  EXPECT_EQ(complaint_of(arguments), watched.address() + GetParam().complaint);
}

INSTANTIATE_TEST_SUITE_P(
    that, bench_watch_of,
    testing::Values(broken{"has_no_watch", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
                           then::is_silent, " has no /watch"},
                    broken{"has_no_waiting_lookups", answer(nobody), then::is_silent,
                           " has no waiting lookups: no X-Nsq-Index", "wait"},
                    broken{
                        "is_full", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
                        then::is_silent, ": the server answered HTTP/1.1 503 Service Unavailable"},
                    broken{"ends_a_stream", stream_head + event("5", nobody) + "0\r\n\r\n",
                           then::is_silent, " ended a stream"},
                    broken{"closes", stream_head, then::closes,
                           " closed the connection before it had answered all"},
                    broken{"speaks_something_else", "SSH-2.0-OpenSSH_9.2\r\n", then::is_silent,
                           ": the server does not speak HTTP"}),
    [](auto const& found) { return found.param.name; });

TEST(bench_watch, does_not_wait_for_a_silent_server) {
  server_process producers;
  fake_server const at_first{"", then::is_silent};
  EXPECT_EQ(complaint_of(one_watcher(producers, at_first)),
            "the server has answered nothing for 0.3 s");
  // The changes are made elsewhere, so it is never told of one.
  fake_server const after_a_change{stream_head + event("5", nobody), then::is_silent};
  auto arguments = one_watcher(producers, after_a_change);
  std::erase(arguments, "--storm");
  EXPECT_EQ(complaint_of(arguments), "the server has answered nothing for 0.3 s");
}

}  // namespace
}  // namespace nsqlookupd::e2e
