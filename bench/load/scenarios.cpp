// SPDX-License-Identifier: MIT
#include "scenarios.hpp"

#include "measurement.hpp"
#include "producers.hpp"

#include <algorithm>
#include <utility>

namespace bench {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

asio::awaitable<void> churn_clients(measurement* work, tally* lifecycles, std::string bytes) {
  while (work->next()) {
    auto const since = steady_clock::now();
    client connection{work->io()};
    co_await connection.connect(work->server().tcp);
    co_await connection.send(bytes);
    co_await connection.read_frames(2);
    connection.close();
    work->done(*lifecycles, since);
  }
}

void spawn_churn(measurement& work, tally& lifecycles) {
  for (std::size_t count = 0; count < work.how().connections; ++count) {
    work.spawn(churn_clients(&work, &lifecycles, identify(count) + "REGISTER t0 c0\n"));
  }
}

// Registers a topic and takes it back, in turn.
class change {
 public:
  explicit change(measurement& work) : work_{&work}, producer_{work.io()} {}

  asio::awaitable<void> begin() { co_await be_identified(work_, &producer_, 0); }

  asio::awaitable<void> next() {
    registered_ = !registered_;
    std::string const command = registered_ ? "REGISTER flip\n" : "UNREGISTER flip\n";
    co_await producer_.send(command);
    co_await producer_.read_frames(1);
  }

 private:
  measurement* work_;
  client producer_;
  bool registered_ = false;
};

asio::awaitable<void> ask(measurement* work, tally* answers, std::size_t* body_bytes) {
  auto const pipelined = work->how().pipelined;
  std::string requests;
  for (std::size_t count = 0; count < pipelined; ++count) {
    requests += get(work->how().path);
  }
  change changing{*work};
  if (work->how().changing) {
    co_await changing.begin();
  }
  client connection{work->io()};
  co_await connection.connect(work->server().http);
  while (work->next()) {
    if (work->how().changing) {
      co_await changing.next();
    }
    auto const since = steady_clock::now();
    co_await connection.send(requests);
    for (std::size_t count = 0; count < pipelined; ++count) {
      *body_bytes = co_await connection.read_answer();
    }
    work->done(*answers, since, pipelined);
  }
}

void spawn_lookups(measurement& work, tally& answers, std::size_t& body_bytes) {
  for (std::size_t count = 0; count < work.how().connections; ++count) {
    work.spawn(ask(&work, &answers, &body_bytes));
  }
}

}  // namespace

figures churn(target const& server, load const& how) {
  measurement work{server, how};
  tally lifecycles;
  prepare_standing(work);
  work.start_measuring();
  spawn_churn(work, lifecycles);
  work.finish();
  return work.result("churn", lifecycles, lifecycles.operations);
}

figures register_names(target const& server, load const& how) {
  measurement work{server, how};
  prepare_standing(work);
  auto commands = commands_of(how, 0);
  auto const count = commands.size();
  auto& producer = work.keep_client();
  work.spawn(be_identified(&work, &producer, 0));
  work.finish();
  work.start_measuring();
  work.spawn(send_all(&work, &producer, std::move(commands)));
  work.finish();
  return work.result("register", count);
}

figures idle(target const& server, load const& how, bool per_registration) {
  measurement work{server, how};
  auto const before = static_cast<double>(resident_bytes(server.pid));
  work.start_measuring();
  prepare_producers(work);
  auto found = work.result("idle", how.producers * how.topics * how.channels);
  auto const items =
      how.producers * (per_registration ? how.topics * (how.channels + 1) : std::size_t{1});
  auto const more = found.resident_bytes - std::min(found.resident_bytes, before);
  found.bytes_per_item = more / static_cast<double>(items);
  return found;
}

figures lookup(target const& server, load const& how) {
  measurement work{server, how};
  tally answers;
  std::size_t body_bytes = 0;
  prepare_standing(work);
  prepare_producers(work);
  work.start_measuring();
  spawn_lookups(work, answers, body_bytes);
  work.finish();
  auto found = work.result("lookup", answers, answers.operations);
  found.body_bytes = body_bytes;
  return found;
}

std::vector<figures> mixed(target const& server, load const& how) {
  measurement work{server, how};
  tally answers;
  tally lifecycles;
  std::size_t body_bytes = 0;
  prepare_standing(work);
  prepare_producers(work);
  work.start_measuring();
  spawn_lookups(work, answers, body_bytes);
  spawn_churn(work, lifecycles);
  work.finish();
  auto const all = answers.operations + lifecycles.operations;
  auto lookups = work.result("mixed: lookups", answers, all);
  lookups.body_bytes = body_bytes;
  return {lookups, work.result("mixed: churn", lifecycles, all)};
}

}  // namespace bench
