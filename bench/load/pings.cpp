// SPDX-License-Identifier: MIT
//
// The loads beside which the worst PING counts.
#include "measurement.hpp"
#include "ping_thread.hpp"
#include "producers.hpp"
#include "scenarios.hpp"
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {
namespace {

namespace asio = boost::asio;

// A load that takes longer is cut off there: one of v1.3.0 takes minutes.
constexpr std::chrono::seconds longest_load{10};

// A server and what it has to do beside answering PINGs.
struct scene {
  measurement* work;
  ping_thread const* pings = nullptr;
  // The clients that make the load.
  std::vector<client*> clients = {};
  // How many parts of the load are not done.
  std::size_t parts = 0;
  bool stop = false;
  // The memory of the server when the load was done.
  double resident_bytes = 0;
};

asio::awaitable<void> until_stopped(scene* at, asio::awaitable<void> part) {
  try {
    co_await std::move(part);
  } catch (std::runtime_error const&) {
    if (!at->stop) {
      throw;
    }
  }
  --at->parts;
}

void add_load(scene& at, asio::awaitable<void> part) {
  ++at.parts;
  at.work->spawn(until_stopped(&at, std::move(part)));
}

asio::awaitable<void> end_at_limit(scene* at) {
  constexpr std::chrono::milliseconds look_every{20};
  auto const until = std::chrono::steady_clock::now() + longest_load;
  asio::steady_timer timer{at->work->io()};
  auto seen = at->pings->answered();
  while (at->parts != 0 && std::chrono::steady_clock::now() < until) {
    timer.expires_after(look_every);
    co_await timer.async_wait(asio::use_awaitable);
    if (at->pings->answered() != seen) {
      seen = at->pings->answered();
      at->work->made_progress();
    }
  }
  at->resident_bytes = static_cast<double>(resident_bytes(at->work->server().pid));
  at->stop = true;
  for (auto* const each : at->clients) {
    each->close();
  }
}

// A server may refuse a request that it does not know, and its answer does not matter here.
asio::awaitable<void> ask_often(client* connection, std::string requests) {
  co_await connection->send(requests);
  co_await connection->read_to_end();
}

asio::awaitable<void> send_at_once(client* connection, std::string commands, std::size_t count) {
  co_await connection->send(commands);
  co_await connection->read_frames(count);
}

// PINGs are little work, so a server that has little else has come to all that was sent.
asio::awaitable<void> wait_until_idle(scene* at) {
  constexpr std::size_t some_pings = 100;
  constexpr std::chrono::milliseconds little{20};
  constexpr std::chrono::milliseconds look_every{2};
  auto const pid = at->work->server().pid;
  asio::steady_timer timer{at->work->io()};
  auto used = little;
  while (used >= little && !at->stop) {
    auto const before = cpu_time(pid);
    auto const wanted = at->pings->answered() + some_pings;
    while (at->pings->answered() < wanted && !at->stop) {
      timer.expires_after(look_every);
      co_await timer.async_wait(asio::use_awaitable);
    }
    used = std::chrono::duration_cast<std::chrono::milliseconds>(cpu_time(pid) - before);
  }
}

asio::awaitable<void> send_and_read_nothing(scene* at, client* connection, std::string requests) {
  constexpr int small_buffer = 4'096;
  co_await connection->connect(at->work->server().http, small_buffer);
  co_await connection->send(requests);
}

asio::awaitable<void> connect_to_http(scene* at, client* connection) {
  co_await connection->connect(at->work->server().http);
}

asio::awaitable<void> register_all(scene* at, client* producer, std::size_t number,
                                   std::vector<std::string> commands) {
  co_await be_identified(at->work, producer, number);
  co_await send_all(at->work, producer, std::move(commands));
}

client& new_client(scene& at) {
  at.clients.push_back(&at.work->keep_client());
  return *at.clients.back();
}

// A producer that has registered channels of one topic.
client& add_channels(scene& at, std::string const& topic) {
  std::vector<std::string> commands;
  for (std::size_t channel = 0; channel < at.work->how().topics; ++channel) {
    commands.push_back(register_line(topic, channel));
  }
  auto& producer = new_client(at);
  at.work->spawn(register_all(&at, &producer, at.clients.size(), std::move(commands)));
  at.work->finish();
  return producer;
}

// Asked `load::operations` times, pipelined; the last one ends the connection.
void ask_pipelined(scene& at, std::string const& request) {
  auto const count = at.work->how().operations;
  std::string requests;
  for (std::size_t number = 0; number + 1 < count; ++number) {
    requests += request + "\r\n";
  }
  requests += request + "Connection: close\r\n\r\n";
  add_load(at, ask_often(at.clients.back(), std::move(requests)));
}

std::string request_of(std::string const& method_and_target) {
  return method_and_target + " HTTP/1.1\r\nHost: localhost\r\n";
}

void prepare_http_client(scene& at) {
  at.work->spawn(connect_to_http(&at, &new_client(at)));
  at.work->finish();
}

void ask_symbol(scene& at) {
  ask_pipelined(at, request_of("GET /debug/pprof/symbol"));
}

void ask_metrics(scene& at) {
  ask_pipelined(at, request_of("GET /metrics"));
}

void prepare_unregister(scene& at) {
  add_channels(at, "wide");
  add_channels(at, "own");
}

void unregister_foreign_topic(scene& at) {
  auto const count = at.work->how().operations;
  std::string commands;
  for (std::size_t number = 0; number < count; ++number) {
    commands += "UNREGISTER wide\n";
  }
  add_load(at, send_at_once(at.clients.back(), std::move(commands), count));
}

void prepare_registering(scene& at) {
  for (std::size_t number = 0; number < at.work->how().producers; ++number) {
    at.work->spawn(register_all(&at, &new_client(at), number, {}));
  }
  at.work->finish();
}

void register_at_once(scene& at) {
  auto const commands = commands_of(at.work->how(), 0);
  std::string all;
  for (auto const& each : commands) {
    all += each;
  }
  for (auto* const each : at.clients) {
    add_load(at, send_at_once(each, all, commands.size()));
  }
}

void prepare_topics(scene& at) {
  std::vector<std::string> commands;
  for (std::size_t topic = 0; topic < at.work->how().topics; ++topic) {
    commands.push_back("REGISTER a-topic-with-a-name-that-has-about-fifty-bytes-" +
                       std::to_string(topic) + '\n');
  }
  at.work->spawn(register_all(&at, &new_client(at), 0, std::move(commands)));
  at.work->finish();
}

void read_nothing(scene& at) {
  auto const request = request_of("GET /topics") + "\r\n";
  std::string requests;
  for (std::size_t number = 0; number < at.work->how().pipelined; ++number) {
    requests += request;
  }
  for (std::size_t number = 0; number < at.work->how().producers; ++number) {
    add_load(at, send_and_read_nothing(&at, &new_client(at), requests));
  }
  add_load(at, wait_until_idle(&at));
}

void prepare_delete(scene& at) {
  add_channels(at, "wide");
  prepare_http_client(at);
}

void delete_topic(scene& at) {
  ask_pipelined(at, request_of("POST /topic/delete?topic=wide"));
}

struct entry {
  std::string_view name;
  void (*prepare)(scene&);
  void (*begin)(scene&);
  // The usual load.
  std::size_t operations;
  std::size_t producers;
  std::size_t topics;
  std::size_t pipelined;
};

constexpr std::array entries{
    entry{"symbol", prepare_http_client, ask_symbol, 400, 1, 1, 1},
    entry{"metrics", prepare_http_client, ask_metrics, 1'000, 1, 1, 1},
    entry{"unregister", prepare_unregister, unregister_foreign_topic, 3'000, 1, 40'000, 1},
    entry{"register", prepare_registering, register_at_once, 1, 64, 1'500, 1},
    entry{"unread", prepare_topics, read_nothing, 1, 400, 1'100, 100},
    entry{"delete", prepare_delete, delete_topic, 1, 1, 80'000, 1},
};

entry const& find_entry(std::string const& name) {
  auto const found =
      std::ranges::find_if(entries, [&](entry const& each) { return each.name == name; });
  if (found == entries.end()) {
    throw std::runtime_error{"there is no load '" + name + "' to PING beside: see --help"};
  }
  return *found;
}

}  // namespace

load usual_ping_load(std::string const& name) {
  auto const& usual = find_entry(name);
  load how;
  how.beside = name;
  how.operations = usual.operations;
  how.producers = usual.producers;
  how.topics = usual.topics;
  how.pipelined = usual.pipelined;
  return how;
}

figures ping(target const& server, load const& how) {
  auto const& chosen = find_entry(how.beside);
  measurement work{server, how};
  scene at{.work = &work};
  chosen.prepare(at);
  auto const before = static_cast<double>(resident_bytes(server.pid));
  ping_thread pings{server};
  at.pings = &pings;
  work.start_measuring();
  chosen.begin(at);
  work.spawn(end_at_limit(&at));
  work.finish();
  tally answered;
  for (auto const took : pings.stop()) {
    answered.took.add(took);
    ++answered.operations;
  }
  auto found = work.result("ping", answered, answered.operations);
  found.resident_bytes = at.resident_bytes;
  auto const more = found.resident_bytes - std::min(found.resident_bytes, before);
  found.bytes_per_item = more / static_cast<double>(how.producers);
  return found;
}

}  // namespace bench
