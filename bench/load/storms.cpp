// SPDX-License-Identifier: MIT
//
// The scenarios in which the worst reply counts.
#include "measurement.hpp"
#include "producers.hpp"
#include "scenarios.hpp"

#include <stdexcept>
#include <utility>
#include <vector>

namespace bench {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr char const* no_producers = "\"producers\":[]";

asio::awaitable<bool> has_no_nodes(client* connection) {
  auto const request = get("/nodes");
  co_await connection->send(request);
  co_await connection->read_answer();
  co_return connection->body_start().find(no_producers) != std::string::npos;
}

asio::awaitable<void> check_that_nobody_is_there(measurement* work) {
  client connection{work->io()};
  co_await connection.connect(work->server().http);
  bool const none = co_await has_no_nodes(&connection);
  if (!none) {
    throw std::runtime_error{"storm needs a server of its own: /nodes of this one is not empty"};
  }
}

asio::awaitable<void> keep_looking_up(measurement* work, bool const* stop) {
  client connection{work->io()};
  co_await connection.connect(work->server().http);
  auto const request = get(work->how().path);
  while (!*stop) {
    auto const since = steady_clock::now();
    co_await connection.send(request);
    co_await connection.read_answer();
    work->done(since);
  }
}

asio::awaitable<void> storm_away(measurement* work, std::vector<client*> producers, bool* stop) {
  co_await close_all(work, std::move(producers));
  // How long we take to close a thousand sockets is not the server's affair.
  work->restart_clock();
  client connection{work->io()};
  co_await connection.connect(work->server().http);
  auto const give_up = steady_clock::now() + work->how().patience;
  while (!*stop) {
    *stop = co_await has_no_nodes(&connection);
    if (!*stop && steady_clock::now() > give_up) {
      throw std::runtime_error{"/nodes still lists producers long after the last has closed"};
    }
  }
  work->stop_measuring();
}

asio::awaitable<void> restart(measurement* work, client* producer, std::size_t number) {
  auto since = steady_clock::now();
  co_await be_identified(work, producer, number);
  work->done(since);
  for (auto const& command : commands_of(work->how(), number)) {
    since = steady_clock::now();
    co_await producer->send(command);
    co_await producer->read_frames(1);
    work->done(since);
  }
}

// The last question is not waited for: some servers take a minute.
asio::awaitable<void> keep_asking(measurement* work, client* connection, std::string path,
                                  bool const* stop) {
  try {
    co_await connection->connect(work->server().http);
    auto const request = get(path);
    while (!*stop) {
      co_await connection->send(request);
      co_await connection->read_answer();
    }
  } catch (std::runtime_error const&) {
    if (!*stop) {
      throw;
    }
  }
}

asio::awaitable<void> register_one_by_one(measurement* work, std::vector<client*> asking,
                                          bool* stop) {
  constexpr std::size_t topics = 1'000;
  client producer{work->io()};
  co_await be_identified(work, &producer, 0);
  for (std::size_t number = 0; !work->time_is_over(); ++number) {
    auto const command = register_line("own-" + std::to_string(number % topics), number / topics);
    auto const since = steady_clock::now();
    co_await producer.send(command);
    co_await producer.read_frames(1);
    work->done(since);
  }
  *stop = true;
  work->stop_measuring();
  for (auto* const each : asking) {
    each->close();
  }
}

}  // namespace

figures storm(target const& server, load const& how) {
  measurement work{server, how};
  work.spawn(check_that_nobody_is_there(&work));
  work.finish();
  prepare_producers(work);
  std::vector<client*> producers;
  for (auto& producer : work.clients()) {
    producers.push_back(&producer);
  }
  bool stop = false;
  work.start_measuring();
  work.spawn(keep_looking_up(&work, &stop));
  work.spawn(storm_away(&work, std::move(producers), &stop));
  work.finish();
  return work.result("storm", how.producers);
}

figures restart_storm(target const& server, load const& how) {
  measurement work{server, how};
  work.start_measuring();
  for (std::size_t number = 0; number < how.producers; ++number) {
    work.spawn(restart(&work, &work.keep_client(), number));
  }
  work.finish();
  return work.result("restart-storm");
}

figures long_answers(target const& server, load const& how) {
  measurement work{server, how};
  prepare_producers(work);
  bool stop = false;
  std::vector<client*> asking;
  work.start_measuring();
  for (auto const* const path : {"/nodes", "/topics", "/debug"}) {
    asking.push_back(&work.keep_client());
    work.spawn(keep_asking(&work, asking.back(), path, &stop));
  }
  work.spawn(register_one_by_one(&work, std::move(asking), &stop));
  work.finish();
  return work.result("long-answers");
}

}  // namespace bench
