// SPDX-License-Identifier: MIT
//
// Memory that cannot be had, for one session or for all.
#include "besieged_server.hpp"
#include "eventually.hpp"
#include "process_memory.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;
using test_support::lookup_client;

std::string sanitizer_options() {
  char const* const before = std::getenv("ASAN_OPTIONS");
  // Its operator new is not the one that is used.
  return std::string{before == nullptr ? "" : before} +
         ":verify_asan_link_order=0:alloc_dealloc_mismatch=0";
}

server_start without_memory(std::vector<std::string> which) {
  which.emplace_back("LD_PRELOAD=" FAILING_NEW);
  which.emplace_back("ASAN_OPTIONS=" + sanitizer_options());
  return {.flags = {"-handshake-timeout=300ms"}, .variables = std::move(which)};
}

server_start without_memory_of(std::size_t from, std::size_t to) {
  return without_memory(
      {"FAIL_NEW_FROM=" + std::to_string(from), "FAIL_NEW_TO=" + std::to_string(to)});
}

// What a client does in its life, or as much of it as it lives to do.
void live(besieged_server const& besieged, std::string const& number) {
  try {
    auto producer = besieged.client();
    producer.identify();
    producer.command("REGISTER t" + number + " c" + number);
    producer.command("REGISTER shared c#ephemeral");
    auto consumer = besieged.http_client();
    consumer.get("/lookup?topic=shared");
    consumer.post("/topic/delete?topic=t" + number);
    consumer.get("/nodes");
    consumer.get("/debug");
    producer.command("UNREGISTER shared");
  } catch (std::exception const&) {
    // It was the one without memory.
    return;
  }
}

// The server may have ended the connection by the end of it.
void send_while_taken(lookup_client const& client, std::string_view bytes) {
  try {
    client.send(bytes);
  } catch (std::system_error const&) {
    EXPECT_TRUE(client.is_readable());
  }
}

// By its end, or by a reset where the server had not read everything.
bool ends_without_a_word(test_support::tcp_client& client) {
  try {
    return client.receive_to_end().empty();
  } catch (std::system_error const&) {
    return true;
  }
}

TEST(fault, memory_that_a_session_cannot_have_ends_that_session_alone) {
  besieged_server besieged{without_memory_of(400'000, 900'000)};
  auto neighbour = besieged.client();
  neighbour.identify("10.0.0.2");
  constexpr int clients = 20;
  for (int count = 0; count < clients; ++count) {
    auto unlucky = besieged.client();
    unlucky.identify();
    EXPECT_EQ(unlucky.command("REGISTER unlucky c"), "OK");
    auto const announce = "ANNOUNCE t . 4150\n" + test_support::frame(std::string(1'000'000, '\n'));
    send_while_taken(unlucky, announce);
    EXPECT_TRUE(ends_without_a_word(unlucky));
    EXPECT_EQ(neighbour.command("PING"), "OK");
  }
  EXPECT_EQ(besieged.http_client().get("/lookup?topic=unlucky").body,
            R"({"channels":["c"],"producers":[]})");
  EXPECT_TRUE(besieged.log().wait_for("ERROR: TCP session ended by an exception - std::bad_alloc"));
  besieged.expect_recovery({.most_mib = 8, .left_mib = 8, .log_lines = clients * 16 + 100});
  besieged.expect_good_end();
}

TEST(fault, memory_that_a_long_answer_cannot_have_ends_that_answer_alone) {
  constexpr int topics = 20'000;
  besieged_server besieged{without_memory_of(1'100'000, std::size_t{1} << 40U)};
  auto producer = besieged.client();
  producer.identify();
  std::string commands;
  for (int number = 0; number < topics; ++number) {
    commands += "REGISTER a-topic-with-a-long-name-" + std::to_string(number) + "#ephemeral\n";
  }
  producer.send(commands);
  EXPECT_EQ(producer.receive(topics * 6).size(), topics * 6);
  for (auto const* const route : {"/topics", "/nodes", "/debug"}) {
    auto client = besieged.http_client();
    auto const reply = client.get(route);
    EXPECT_EQ(reply.status(), 500) << route;
    EXPECT_EQ(reply.body, R"({"message":"INTERNAL_ERROR"})");
    EXPECT_EQ(client.get("/ping").body, "OK");
    besieged.expect_service();
  }
  EXPECT_TRUE(besieged.log().wait_for("ERROR: HTTP: failed to answer GET /debug - std::bad_alloc"));
  producer.reset();
  besieged.expect_recovery({.most_mib = 64, .left_mib = 16, .log_lines = topics * 5});
  besieged.expect_good_end();
}

TEST(fault, memory_that_is_scarce_for_a_while_stops_nothing_for_good) {
  for (auto const* const every : {"11", "29", "101"}) {
    besieged_server besieged{without_memory({std::string{"FAIL_NEW_EVERY="} + every})};
    besieged.server().process().send(SIGUSR2);
    for (int number = 0; number < 300; ++number) {
      live(besieged, std::to_string(number));
    }
    besieged.server().process().send(SIGUSR2);
    EXPECT_TRUE(besieged.log().wait_for("std::bad_alloc"));
    // Deadlines are still watched, and everybody is accepted.
    EXPECT_EQ(besieged.client().receive_to_end(), "");
    EXPECT_TRUE(eventually([&] { return besieged.metric("nsqlookupd_producers") == 1; }));
    besieged.expect_recovery({.most_mib = 8, .left_mib = 8, .log_lines = 300 * 40});
    besieged.expect_good_end();
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// Sanitizers have reserved terabytes by then.
TEST(fault, memory_that_the_machine_does_not_have_ends_sessions_and_not_the_server) {
  besieged_server besieged{{.flags = {"-handshake-timeout=5m"}}};
  auto const process = besieged.server().process().id();
  rlimit before{};
  ASSERT_EQ(::prlimit(process, RLIMIT_AS, nullptr, &before), 0);
  rlimit const no_more{static_cast<rlim_t>((virtual_mib(process) + 8) * 1024 * 1024),
                       before.rlim_max};
  ASSERT_EQ(::prlimit(process, RLIMIT_AS, &no_more, nullptr), 0);
  auto body = test_support::identity_of("10.0.0.1");
  body.resize(std::size_t{1} << 20U, ' ');
  auto const whole = test_support::identify(body);
  auto const most = std::string_view{whole}.substr(0, whole.size() - 1);
  std::vector<lookup_client> clients;
  for (int count = 0; count < 100; ++count) {
    clients.push_back(besieged.client());
    send_while_taken(clients.back(), most);
  }
  EXPECT_TRUE(besieged.log().wait_for("std::bad_alloc"));
  EXPECT_TRUE(
      eventually([&] { return std::ranges::count_if(clients, &lookup_client::is_readable) > 50; }));
  clients.clear();
  EXPECT_TRUE(eventually([&] { return besieged.metric("nsqlookupd_tcp_connections") == 1; }));
  besieged.expect_service();
  ASSERT_EQ(::prlimit(process, RLIMIT_AS, &before, nullptr), 0);
  besieged.expect_recovery({.most_mib = 64, .left_mib = 16, .log_lines = 100 * 10});
  besieged.expect_good_end();
}
#endif

}  // namespace
}  // namespace nsqlookupd::e2e
