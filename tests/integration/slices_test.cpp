// SPDX-License-Identifier: MIT
//
// Long work is done in slices, and everybody else has a turn in between.
#include <nsqlookupd/net/registration_actor.hpp>

#include "any_thread_count.hpp"
#include "eventually.hpp"
#include "sanitized.hpp"
#include "v1_wire.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace nsqlookupd {
namespace {

namespace asio = boost::asio;
using namespace test_support;

class actor_visits : public testing::TestWithParam<net::concurrency> {};
INSTANTIATE_TEST_SUITE_P(threads, actor_visits,
                         testing::Values(net::concurrency::one_thread,
                                         net::concurrency::many_threads));

net::task<void> failing_work(net::registration_actor& actor) {
  auto const fail = [](registry::registration_db&) -> int { throw std::runtime_error{"fails"}; };
  co_await actor.run(fail);
}

TEST_P(actor_visits, hand_on_what_is_thrown) {
  asio::io_context io;
  net::registration_actor actor{io, GetParam(), {}, {}};
  bool failed = false;
  asio::co_spawn(io, failing_work(actor),
                 [&](std::exception_ptr const& failure) { failed = failure != nullptr; });
  io.run();
  EXPECT_TRUE(failed);
}

// Visits the actor, then waits for the others, as a session does that writes its reply.
net::task<void> visit_and_write(net::registration_actor& actor, std::latch& all_write,
                                std::atomic<int>& wrote) {
  auto const visit = [](registry::registration_db&) { return true; };
  co_await actor.run(visit);
  all_write.count_down();
  if (eventually([&] { return all_write.try_wait(); })) {
    ++wrote;
  }
}

TEST(actor_visits, are_over_before_the_caller_goes_on) {
  constexpr int writers = 4;
  asio::io_context io{writers};
  net::registration_actor actor{io, net::concurrency::many_threads, {}, {}};
  std::latch all_write{writers};
  std::atomic<int> wrote = 0;
  for (int count = 0; count < writers; ++count) {
    asio::co_spawn(io, visit_and_write(actor, all_write, wrote), asio::detached);
  }
  std::vector<std::jthread> threads;
  for (int count = 0; count < writers; ++count) {
    threads.emplace_back([&] { io.run(); });
  }
  threads.clear();
  EXPECT_EQ(wrote, writers);
}

class long_answers : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(routes, long_answers, testing::Values("/topics", "/nodes", "/debug"),
                         [](auto const& test) { return test.param.substr(1); });

constexpr int many = amount(100'000, 20'000);

config::options without_limits() {
  auto settings = loopback_options();
  settings.max_registrations_per_producer = 0;
  return settings;
}

// Two hundred producers with five hundred topics each.
std::vector<lookup_client> register_many(std::uint16_t port) {
  constexpr int producers = 200;
  std::vector<lookup_client> result;
  for (int number = 0; number < producers; ++number) {
    auto& producer = result.emplace_back(port);
    producer.identify();
    std::string commands;
    std::string replies;
    for (int topic = 0; topic < many / producers; ++topic) {
      commands += "REGISTER t" + std::to_string(number) + '_' + std::to_string(topic) + '\n';
      replies += frame("OK");
    }
    producer.send(commands);
    EXPECT_EQ(producer.receive(replies.size()), replies);
  }
  return result;
}

// How many commands were answered after the request was sent, and before its answer came.
int commands_meanwhile(http_client& http, lookup_client& producer, std::string const& route) {
  int answered = 0;
  http.send("GET " + route + " HTTP/1.1\r\nHost: h\r\n\r\n");
  while (!http.is_readable()) {
    EXPECT_EQ(producer.command("REGISTER t1"), "OK");
    ++answered;
  }
  EXPECT_EQ(http.receive_reply().status(), 200);
  return answered;
}

TEST_P(long_answers, do_not_hold_up_a_command) {
  running_server const server{without_limits()};
  auto producers = register_many(server.tcp_port());
  http_client http{server.http_port()};
  // One or two may fall into the gaps of a server that answers in one piece. This thread may also
  // be away for as long as the whole answer takes, but not each time.
  int most = 0;
  for (int attempt = 0; attempt < 50 && most < 5; ++attempt) {
    // An answer that still holds would be sent as it is, at once.
    EXPECT_EQ(producers.back().command("REGISTER new" + std::to_string(attempt)), "OK");
    most = std::max(most, commands_meanwhile(http, producers.front(), GetParam()));
  }
  EXPECT_GE(most, 5);
}

}  // namespace
}  // namespace nsqlookupd
