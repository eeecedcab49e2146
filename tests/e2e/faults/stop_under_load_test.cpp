// SPDX-License-Identifier: MIT
//
// SIGTERM while ten thousand clients are idle, half-way, not reading, or waiting for an answer.
#include "besieged_server.hpp"
#include "many_descriptors.hpp"
#include "process_memory.hpp"
#include "repeat.hpp"
#include "sanitized.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using std::chrono::steady_clock;
using test_support::frame;
using test_support::http_client;
using test_support::lookup_client;
using test_support::repeat;
using milliseconds = std::chrono::duration<double, std::milli>;

constexpr int stuck_buffer = 4096;

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

// Everybody, in the state in which the signal finds them.
class crowd {
 public:
  explicit crowd(besieged_server const& besieged) : besieged_{besieged} {
    auto const count = clients_up_to(10'000);
    stuck_ = stuck_clients();
    while (idle_.size() < count / 2) {
      idle_.push_back(besieged.client());
      idle_.back().identify();
    }
    while (half_way_.size() < count / 4) {
      half_way_.push_back(besieged.client());
      half_way_.back().send("PING\nREGISTER t");
      EXPECT_EQ(half_way_.back().receive_frame(), "OK");
    }
    auto const asking = count - idle_.size() - half_way_.size() - stuck_.size();
    while (producers_.size() < asking / 2) {
      producers_.push_back(besieged.client());
      EXPECT_EQ(producers_.back().command("PING"), "OK");
    }
    while (consumers_.size() < asking / 2) {
      consumers_.push_back(besieged.http_client());
      EXPECT_EQ(consumers_.back().get("/ping").body, "OK");
    }
  }

  [[nodiscard]] std::size_t size() const noexcept {
    return idle_.size() + half_way_.size() + stuck_.size() + producers_.size() + consumers_.size();
  }

  // While the server stands still, so that it is there before the signal, whole.
  void ask() const {
    auto const commands = test_support::identify() + repeat("REGISTER t c\n", 100) + "PIN";
    for (auto const& producer : producers_) {
      producer.send(commands);
    }
    for (auto const& consumer : consumers_) {
      consumer.send(repeat("GET /info HTTP/1.1\r\nHost: h\r\n\r\n", 10) + "GET");
    }
  }

  // How many clients have not got all that they asked for.
  std::size_t count_unanswered() {
    std::size_t count = 0;
    auto const replies = repeat(frame("OK"), 100);
    for (auto& producer : producers_) {
      auto const received = producer.receive_to_end();
      count += received.find("\"broadcast_address\":") == 5 && received.ends_with(replies) ? 0 : 1;
    }
    for (auto& consumer : consumers_) {
      auto const received = consumer.receive_to_end();
      count += occurrences(received, R"({"version":)") == 10 ? 0 : 1;
    }
    return count;
  }

 private:
  [[nodiscard]] std::vector<lookup_client> stuck_clients() const {
    std::vector<lookup_client> result;
    for (int count = 0; count < 5; ++count) {
      result.emplace_back(besieged_.tcp_port(), "127.0.0.1", stuck_buffer);
      result.back().send_until_stuck(repeat("PING\n", 10'000), 200'000'000);
    }
    return result;
  }

  besieged_server const& besieged_;
  std::vector<lookup_client> idle_;
  std::vector<lookup_client> half_way_;
  std::vector<lookup_client> stuck_;
  std::vector<lookup_client> producers_;
  std::vector<http_client> consumers_;
};

struct stop {
  // From the signal to the end.
  milliseconds taken;
  std::size_t unanswered;

  [[nodiscard]] bool is_good(milliseconds limit) const { return taken <= limit && unanswered == 0; }
};

stop stop_a_crowded_server() {
  besieged_server besieged;
  crowd clients{besieged};
  besieged.expect_recovery(
      {.most_mib = 128, .left_mib = 128, .log_lines = 8 * clients.size() + 100});
  auto& process = besieged.server().process();
  process.pause();
  clients.ask();
  process.send(SIGTERM);
  auto const began = steady_clock::now();
  process.resume();
  // The replies fit between the two; nobody needs to read them meanwhile.
  besieged.expect_end();
  milliseconds const taken = steady_clock::now() - began;
  std::printf("[ measured ] stopped in %.0f ms with %zu connections\n", taken.count(),
              clients.size());
  EXPECT_GT(besieged.log().count("TCP: closing"), 0);
  return {taken, clients.count_unanswered()};
}

TEST(fault, sigterm_among_10000_connections_ends_within_a_second_and_loses_no_reply) {
  constexpr milliseconds limit{test_support::amount(1'000, 10'000)};
  // A machine that is busy with other things may take longer, or cut clients, but not each time.
  constexpr int attempts = 4;
  auto last = stop_a_crowded_server();
  for (int count = 1; count < attempts && !last.is_good(limit); ++count) {
    last = stop_a_crowded_server();
  }
  EXPECT_LT(last.taken.count(), limit.count());
  EXPECT_EQ(last.unanswered, 0U);
}

}  // namespace
}  // namespace nsqlookupd::e2e
