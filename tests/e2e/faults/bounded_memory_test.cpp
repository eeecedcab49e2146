// SPDX-License-Identifier: MIT
//
// The memory for all clients is bounded, for every use, and so is the time for which a reply is
// held.
#include "besieged_server.hpp"
#include "eventually.hpp"
#include "many_descriptors.hpp"
#include "ping_watch.hpp"
#include "pipelined.hpp"
#include "process_memory.hpp"
#include "repeat.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ostream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;
using test_support::frame;
using test_support::http_client;
using test_support::lookup_client;
using test_support::repeat;

constexpr int small_buffer = 4096;
constexpr double mebibyte = 1 << 20;

server_start quiet(std::vector<std::string> flags = {}) {
  flags.emplace_back("-log-level=error");
  return {.flags = std::move(flags), .says_where = false};
}

// The server's highest memory since `before`, when it has come to all that was sent.
double cost_in_mib(besieged_server& besieged, double before, char const* label) {
  ping_watch watch{besieged.tcp_port()};
  wait_until_idle(besieged, watch);
  auto const cost = most_resident_mib(besieged.server().process().id()) - before;
  std::printf("[ measured ] %s: %.1f MiB\n", label, cost);
  return cost;
}

// Takes no more from the kernel than it is asked to.
std::string read_no_more_than(http_client const& client, std::size_t bytes) {
  std::string some(bytes, '\0');
  some.resize(test_support::read_some(client.descriptor(), some, test_support::give_up_at(),
                                      "more of a reply"));
  return some;
}

struct unread {
  char const* name;
  char const* request;
  std::size_t times;
  std::size_t clients;
  double limit_mib;
};

void PrintTo(unread const& asked, std::ostream* out) {
  *out << asked.name;
}

class unread_answers : public testing::TestWithParam<unread> {};

INSTANTIATE_TEST_SUITE_P(of, unread_answers,
                         testing::Values(unread{"topics", "GET /topics", 100, 400, 40},
                                         unread{"lookups", "GET /lookup?topic=wide", 100, 400, 40},
                                         unread{"openapi", "GET /openapi.json", 100, 400, 40},
                                         unread{"metrics", "GET /metrics", 100, 400, 40},
                                         unread{"redirects", "GET /ping/", 800, 400, 40}),
                         [](auto const& parameter) { return std::string{parameter.param.name}; });

// One unchanged answer is one text, however many are reading it; the rest is not asked for yet.
TEST_P(unread_answers, cost_little) {
  allow_many_descriptors();
  besieged_server besieged{quiet()};
  auto const topics = producer_of_topics(besieged);
  auto const channels = producer_of_wide(besieged, 2'000);
  auto const process = besieged.server().process().id();
  // The memory of the answer itself is no cost of the readers.
  besieged.http_client().get(std::string_view{GetParam().request}.substr(4));
  auto const before = resident_mib(process);
  forget_most_resident(process);
  auto const requests = repeat(http_request(GetParam().request), GetParam().times);
  std::vector<http_client> readers;
  for (std::size_t number = 0; number < GetParam().clients; ++number) {
    readers.push_back(besieged.http_client(small_buffer));
  }
  for (auto const& reader : readers) {
    reader.send(requests);
  }
  EXPECT_LT(cost_in_mib(besieged, before, GetParam().name), bound_here(GetParam().limit_mib));
  besieged.expect_service();
  besieged.expect_good_end();
}

// Readers that take a little now and then, and get all of it in the end.
TEST(fault, slow_http_readers_cost_little_and_lose_nothing) {
  constexpr std::size_t clients = 40;
  constexpr std::size_t answers = 80;
  constexpr std::size_t piece = 4'096;
  besieged_server besieged{quiet()};
  auto const topics = producer_of_topics(besieged);
  auto const process = besieged.server().process().id();
  auto const before = resident_mib(process);
  forget_most_resident(process);
  std::vector<http_client> readers;
  for (std::size_t number = 0; number < clients; ++number) {
    readers.push_back(besieged.http_client(small_buffer));
    readers.back().send(repeat(http_request("GET /topics"), answers));
  }
  std::vector<std::string> got(clients);
  for (int round = 0; round < 10; ++round) {
    for (std::size_t number = 0; number < clients; ++number) {
      got[number] += read_no_more_than(readers[number], piece);
    }
  }
  EXPECT_LT(cost_in_mib(besieged, before, "slow readers"), bound_here(5));
  besieged.expect_service();
  auto const wanted = besieged.http_client().get("/topics").body;
  for (std::size_t number = 0; number < clients; ++number) {
    readers[number].widen_buffer();
    auto const all = (got[number].find("\r\n\r\n") + 4 + wanted.size()) * answers;
    got[number] += readers[number].receive(all - got[number].size());
    EXPECT_EQ(got[number].size(), all);
    EXPECT_TRUE(got[number].ends_with(wanted));
  }
  besieged.expect_good_end();
}

// A producer needs a line, not a body: bodies count for everybody.
TEST(fault, bodies_of_producers_count_as_input_memory) {
  constexpr std::size_t clients = 120;
  constexpr double limit_mib = 4;
  besieged_server besieged{quiet({"-max-input-memory=4194304"})};
  auto producers = producers_with(besieged, clients, {}, 0);
  auto const process = besieged.server().process().id();
  auto const before = resident_mib(process);
  forget_most_resident(process);
  auto const announce =
      "ANNOUNCE t . 4150\n" + frame(std::string(static_cast<std::size_t>(mebibyte), '\n'));
  auto const most_of_it = std::string_view{announce}.substr(0, announce.size() - 1);
  double unfinished = 0;
  for (auto const& producer : producers) {
    try {
      producer.send(most_of_it);
    } catch (std::system_error const&) {
      // The server has refused it, and closed.
    }
    unfinished = std::max(unfinished, besieged.metric("nsqlookupd_unfinished_input_bytes"));
  }
  // Each is held, or was told why not.
  std::size_t refused = 0;
  EXPECT_TRUE(eventually([&] {
    refused = static_cast<std::size_t>(std::count_if(
        producers.begin(), producers.end(), [](auto const& each) { return each.is_readable(); }));
    unfinished = std::max(unfinished, besieged.metric("nsqlookupd_unfinished_input_bytes"));
    return refused >= clients - static_cast<std::size_t>(limit_mib);
  }));
  std::printf("[ measured ] unfinished: %.1f MiB; refused: %zu\n", unfinished / mebibyte, refused);
  EXPECT_LE(unfinished, (limit_mib + 1) * mebibyte);
  EXPECT_LT(cost_in_mib(besieged, before, "bodies"), bound_here(5 * limit_mib));
  // A line is still taken of a producer, in as many pieces as it comes.
  auto producer = besieged.client();
  producer.identify();
  producer.send("REGISTER half ");
  besieged.expect_service();
  producer.send("a-line\n");
  EXPECT_EQ(producer.receive_frame(), "OK");
  besieged.expect_good_end();
}

// Whether the server has ended all HTTP connections but the one that asks.
bool serves_nobody_else(besieged_server const& besieged) {
  return besieged.metric("nsqlookupd_http_connections") == 1;
}

struct slow_reader {
  char const* name;
  char const* target;
  std::size_t bytes;
  std::chrono::milliseconds period;
};

void PrintTo(slow_reader const& reader, std::ostream* out) {
  *out << reader.name;
}

class slow_readers : public testing::TestWithParam<slow_reader> {};

// All of them read less than 10 KiB in a second. The server sees at once that 4 KiB of the window
// opened.
INSTANTIATE_TEST_SUITE_P(of, slow_readers,
                         testing::Values(slow_reader{"topics_a_byte_each_second", "/topics", 1,
                                                     std::chrono::milliseconds{1'000}},
                                         slow_reader{"topics_8_kib_each_second", "/topics", 4'096,
                                                     std::chrono::milliseconds{500}},
                                         slow_reader{"debug_8_kib_each_second", "/debug", 4'096,
                                                     std::chrono::milliseconds{500}}),
                         [](auto const& parameter) { return std::string{parameter.param.name}; });

// At 10 KiB in a second the reply of 5 MB may take 500 seconds; at less than that it may not.
TEST_P(slow_readers, are_cut) {
  constexpr std::size_t topics = 100'000;
  besieged_server besieged{quiet({"-write-timeout=2s"})};
  auto const producer = producer_with(
      besieged, numbered("REGISTER a-topic-with-a-name-that-has-about-fifty-bytes-{0}\n", topics),
      topics);
  auto reader = besieged.http_client(small_buffer);
  auto const began = std::chrono::steady_clock::now();
  reader.send(http_request(std::string{"GET "} + GetParam().target));
  // The server must end this, long before the reader has everything.
  EXPECT_TRUE(eventually([&] {
    try {
      static_cast<void>(read_no_more_than(reader, GetParam().bytes));
      static_cast<void>(test_support::wait_for(reader.descriptor(), 0,
                                               test_support::give_up_at(GetParam().period)));
    } catch (std::system_error const&) {
      return true;
    }
    return serves_nobody_else(besieged);
  }));
  std::printf("[ measured ] cut after %.1f s\n",
              std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  besieged.expect_service();
  besieged.expect_good_end();
}

// Faster than 10 KiB in a second, though slower than `-write-timeout`.
TEST(fault, a_reader_at_forty_kib_a_second_gets_everything) {
  constexpr std::size_t piece = 10'240;
  constexpr std::size_t wanted = 32 * piece;
  constexpr std::chrono::milliseconds period{250};
  besieged_server besieged{quiet({"-write-timeout=1s"})};
  auto const producer = producer_of_topics(besieged);
  auto const one = besieged.http_client().get("/topics").body;
  auto reader = besieged.http_client(small_buffer);
  reader.send(repeat(http_request("GET /topics"), 100));
  std::string got;
  while (got.size() < wanted) {
    auto const until = test_support::give_up_at(period);
    for (std::size_t more = piece; more > 0;) {
      got += read_no_more_than(reader, more);
      more = piece - got.size() % piece;
      more = more == piece ? 0 : more;
    }
    EXPECT_FALSE(test_support::wait_for(reader.descriptor(), 0, until));
  }
  EXPECT_FALSE(serves_nobody_else(besieged));
  EXPECT_NE(got.find(one), std::string::npos);
  besieged.expect_good_end();
}

// Five answers of 56 KB wait to be sent when the request comes that is refused.
TEST(fault, a_refusal_behind_much_output_arrives_whole) {
  constexpr std::size_t answers = 5;
  besieged_server besieged{quiet()};
  auto const producer = producer_of_topics(besieged);
  auto const refused = std::string{
      "POST /topic/create?topic=y HTTP/1.1\r\nHost: h\r\n"
      "Transfer-Encoding: chunked\r\n\r\nzz\r\n"};
  auto alone = besieged.http_client();
  alone.send(refused);
  auto const wanted = alone.receive_reply();
  EXPECT_EQ(wanted.status(), 400);
  EXPECT_NE(wanted.body, "");
  for (auto const count : {answers, 10 * answers}) {
    auto client = besieged.http_client(small_buffer);
    client.send(repeat(http_request("GET /topics"), count) + refused);
    client.widen_buffer();
    for (std::size_t number = 0; number < count; ++number) {
      EXPECT_EQ(client.receive_reply().status(), 200);
    }
    auto const reply = client.receive_reply();
    EXPECT_EQ(reply.status_line, wanted.status_line);
    EXPECT_EQ(reply.body, wanted.body);
    EXPECT_EQ(client.receive_to_end(), "");
  }
  besieged.expect_good_end();
}

}  // namespace
}  // namespace nsqlookupd::e2e
