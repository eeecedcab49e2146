// SPDX-License-Identifier: MIT
#include "pipelined.hpp"

#include "eventually.hpp"
#include "process_memory.hpp"
#include "repeat.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <thread>
#include <utility>

namespace nsqlookupd::e2e {

using test_support::frame;
using test_support::http_client;
using test_support::lookup_client;
using test_support::repeat;
using test_support::tcp_client;

std::string numbered(std::string_view text, std::size_t count) {
  constexpr std::string_view placeholder = "{0}";
  std::string result;
  for (std::size_t number = 0; number < count; ++number) {
    auto rest = text;
    for (auto at = rest.find(placeholder); at != std::string_view::npos;
         at = rest.find(placeholder)) {
      result.append(rest.substr(0, at)).append(std::to_string(number));
      rest.remove_prefix(at + placeholder.size());
    }
    result += rest;
  }
  return result;
}

std::string http_request(std::string_view method_and_target) {
  return std::string{method_and_target} + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

void pipeline(tcp_client& client, std::string const& commands, std::size_t count,
              std::string_view reply) {
  std::jthread const sender{[&] { client.send(commands); }};
  auto const wanted = repeat(frame(reply), count);
  EXPECT_TRUE(client.receive(wanted.size()) == wanted);
}

void pipeline_http(http_client& client, std::string const& requests, std::size_t count,
                   int status) {
  std::jthread const sender{[&] { client.send(requests); }};
  std::size_t good = 0;
  for (std::size_t number = 0; number < count; ++number) {
    good += static_cast<std::size_t>(client.receive_reply().status() == status);
  }
  EXPECT_EQ(good, count);
}

lookup_client producer_with(besieged_server const& besieged, std::string const& commands,
                            std::size_t count) {
  auto client = besieged.client();
  client.identify();
  pipeline(client, commands, count);
  return client;
}

std::vector<lookup_client> producers_with(besieged_server const& besieged, std::size_t producers,
                                          std::string const& commands, std::size_t count) {
  std::vector<lookup_client> all;
  for (std::size_t number = 0; number < producers; ++number) {
    all.push_back(producer_with(besieged, commands, count));
  }
  return all;
}

lookup_client producer_of_wide(besieged_server const& besieged, std::size_t channels) {
  return producer_with(besieged, numbered("REGISTER wide channel-{0}\n", channels), channels);
}

lookup_client producer_of_topics(besieged_server const& besieged) {
  constexpr std::size_t topics = 1'100;
  return producer_with(
      besieged, numbered("REGISTER a-topic-with-a-name-that-has-about-fifty-bytes-{0}\n", topics),
      topics);
}

std::vector<http_client> unread_topics(besieged_server const& besieged, std::size_t clients) {
  constexpr std::size_t times = 100;
  constexpr int small_buffer = 4096;
  auto const requests = repeat(http_request("GET /topics"), times);
  std::vector<http_client> all;
  for (std::size_t number = 0; number < clients; ++number) {
    all.push_back(besieged.http_client(small_buffer));
  }
  for (auto const& client : all) {
    client.send(requests);
  }
  return all;
}

void wait_until_idle(besieged_server& besieged, ping_watch& watch) {
  constexpr std::size_t pings = 100;
  constexpr std::chrono::milliseconds little{20};
  auto const process = besieged.server().process().id();
  auto const is_idle = [&] {
    auto const before = cpu_time(process);
    watch.wait_for(pings);
    return cpu_time(process) - before < time_here(little);
  };
  // Thousands of long answers take ten seconds, and more where others use the processors, too.
  EXPECT_TRUE(test_support::eventually(is_idle) || test_support::eventually(is_idle));
}

}  // namespace nsqlookupd::e2e
