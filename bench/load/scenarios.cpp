// SPDX-License-Identifier: MIT
#include "scenarios.hpp"

#include "client.hpp"
#include "measurement.hpp"
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

std::string register_line(std::string_view topic, std::size_t channel) {
  return "REGISTER " + std::string{topic} + " c" + std::to_string(channel) + '\n';
}

std::string topic_name(load const& how, std::size_t producer, std::size_t topic) {
  auto const number = 't' + std::to_string(topic);
  return how.distinct_names ? 'p' + std::to_string(producer) + '-' + number : number;
}

// Every REGISTER of one producer.
std::vector<std::string> commands_of(load const& how, std::size_t producer) {
  std::vector<std::string> commands;
  commands.reserve(how.topics * how.channels);
  for (std::size_t topic = 0; topic < how.topics; ++topic) {
    auto const name = topic_name(how, producer, topic);
    for (std::size_t channel = 0; channel < how.channels; ++channel) {
      commands.push_back(register_line(name, channel));
    }
  }
  return commands;
}

// Pipelined, but not so far that both sides wait for the other to read.
asio::awaitable<void> send_all(measurement* work, client* who, std::vector<std::string> commands) {
  constexpr std::size_t batch = 200;
  for (std::size_t at = 0; at < commands.size(); at += batch) {
    auto const count = std::min(batch, commands.size() - at);
    std::string bytes;
    for (std::size_t index = at; index < at + count; ++index) {
      bytes += commands[index];
    }
    co_await who->send(bytes);
    co_await who->read_frames(count);
    work->made_progress();
  }
}

asio::awaitable<void> be_producer(measurement* work, client* who, std::size_t number) {
  co_await who->connect(work->server().tcp);
  auto const hello = identify(number);
  co_await who->send(hello);
  co_await who->read_frames(1);
  co_await send_all(work, who, commands_of(work->how(), number));
}

asio::awaitable<void> be_standing(measurement* work, client* who) {
  co_await who->connect(work->server().tcp);
  auto const hello = identify(0);
  co_await who->send(hello);
  co_await who->read_frames(1);
  std::vector<std::string> commands;
  for (std::size_t topic = 0; topic < work->how().standing_topics; ++topic) {
    auto const name = "standing-" + std::to_string(topic);
    for (std::size_t channel = 0; channel < work->how().standing_channels; ++channel) {
      commands.push_back(register_line(name, channel));
    }
  }
  co_await send_all(work, who, std::move(commands));
}

void prepare_standing(measurement& work) {
  if (work.how().standing_topics != 0) {
    work.spawn(be_standing(&work, &work.keep_client()));
    work.finish();
  }
}

// Producers come a few at a time: what is measured is that they are there, not how they came.
asio::awaitable<void> add_producers(measurement* work, std::size_t first, std::size_t step) {
  for (auto number = first; number < work->how().producers; number += step) {
    co_await be_producer(work, &work->keep_client(), number);
  }
}

void prepare_producers(measurement& work) {
  constexpr std::size_t at_a_time = 8;
  for (std::size_t first = 0; first < at_a_time; ++first) {
    work.spawn(add_producers(&work, first, at_a_time));
  }
  work.finish();
}

asio::awaitable<void> churn_clients(measurement* work, std::string bytes) {
  while (work->next()) {
    auto const since = steady_clock::now();
    client who{work->io()};
    co_await who.connect(work->server().tcp);
    co_await who.send(bytes);
    co_await who.read_frames(2);
    who.close();
    work->done(since);
  }
}

asio::awaitable<void> ask(measurement* work, std::string path, std::size_t* body_bytes) {
  std::string requests;
  for (std::size_t count = 0; count < work->how().pipelined; ++count) {
    requests += get(path);
  }
  client who{work->io()};
  co_await who.connect(work->server().http);
  while (work->next()) {
    auto const since = steady_clock::now();
    co_await who.send(requests);
    for (std::size_t count = 0; count < work->how().pipelined; ++count) {
      *body_bytes = co_await who.read_answer();
    }
    work->done(since, work->how().pipelined);
  }
}

// Asks again and again until told to stop, without counting.
asio::awaitable<void> keep_asking(measurement* work, std::string path, bool const* stop) {
  client who{work->io()};
  co_await who.connect(work->server().http);
  auto const request = get(path);
  while (!*stop) {
    co_await who.send(request);
    co_await who.read_answer();
    work->made_progress();
  }
}

asio::awaitable<void> keep_looking_up(measurement* work, bool const* stop) {
  client who{work->io()};
  co_await who.connect(work->server().http);
  auto const request = get(work->how().path);
  while (!*stop) {
    auto const since = steady_clock::now();
    co_await who.send(request);
    co_await who.read_answer();
    work->done(since);
  }
}

asio::awaitable<void> wait_until_no_nodes(measurement* work, bool* stop) {
  client who{work->io()};
  co_await who.connect(work->server().http);
  auto const request = get("/nodes");
  while (!*stop) {
    co_await who.send(request);
    co_await who.read_answer();
    *stop = who.last_body().find("\"producers\":[]") != std::string::npos;
    work->made_progress();
  }
}

asio::awaitable<void> restart(measurement* work, client* who, std::size_t number) {
  auto since = steady_clock::now();
  co_await who->connect(work->server().tcp);
  auto const hello = identify(number);
  co_await who->send(hello);
  co_await who->read_frames(1);
  work->done(since);
  for (auto const& command : commands_of(work->how(), number)) {
    since = steady_clock::now();
    co_await who->send(command);
    co_await who->read_frames(1);
    work->done(since);
  }
}

asio::awaitable<void> register_one_by_one(measurement* work, bool* stop) {
  client who{work->io()};
  co_await who.connect(work->server().tcp);
  auto const hello = identify(0);
  co_await who.send(hello);
  co_await who.read_frames(1);
  for (std::size_t number = 0; !work->time_is_over(); ++number) {
    auto const since = steady_clock::now();
    auto const command = register_line("own-" + std::to_string(number % 1000), number / 1000);
    co_await who.send(command);
    co_await who.read_frames(1);
    work->done(since);
  }
  *stop = true;
}

}  // namespace

figures churn(target const& server, load const& how) {
  measurement work{server, how};
  prepare_standing(work);
  work.start_measuring();
  for (std::size_t count = 0; count < how.connections; ++count) {
    work.spawn(churn_clients(&work, identify(count) + "REGISTER t0 c0\n"));
  }
  work.finish();
  return work.result("churn");
}

figures register_names(target const& server, load const& how) {
  measurement work{server, how};
  auto commands = commands_of(how, 0);
  auto& who = work.keep_client();
  work.spawn(be_standing(&work, &who));
  work.finish();
  work.start_measuring();
  auto const since = steady_clock::now();
  auto const count = commands.size();
  work.spawn(send_all(&work, &who, std::move(commands)));
  work.finish();
  work.done(since, count);
  return work.result("register");
}

figures idle(target const& server, load const& how, bool per_registration) {
  measurement work{server, how};
  auto const before = resident_bytes(server.pid);
  work.start_measuring();
  auto const since = steady_clock::now();
  prepare_producers(work);
  work.done(since, how.producers * how.topics * how.channels);
  auto found = work.result("idle");
  auto const items =
      how.producers * (per_registration ? how.topics * (how.channels + 1) : std::size_t{1});
  auto const more = found.resident_bytes - std::min(found.resident_bytes, before);
  found.bytes_per_item = static_cast<double>(more) / static_cast<double>(items);
  return found;
}

figures storm(target const& server, load const& how) {
  measurement work{server, how};
  prepare_producers(work);
  work.start_measuring();
  bool stop = false;
  work.spawn(keep_looking_up(&work, &stop));
  for (auto& who : work.kept()) {
    who.close();
  }
  work.spawn(wait_until_no_nodes(&work, &stop));
  work.finish();
  return work.result("storm");
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

figures lookup(target const& server, load const& how) {
  measurement work{server, how};
  prepare_standing(work);
  prepare_producers(work);
  std::size_t body_bytes = 0;
  work.start_measuring();
  for (std::size_t count = 0; count < how.connections; ++count) {
    work.spawn(ask(&work, how.path, &body_bytes));
  }
  work.finish();
  auto found = work.result("lookup");
  found.body_bytes = body_bytes;
  return found;
}

figures mixed(target const& server, load const& how) {
  measurement work{server, how};
  prepare_standing(work);
  prepare_producers(work);
  std::size_t body_bytes = 0;
  work.start_measuring();
  for (std::size_t count = 0; count < how.connections; ++count) {
    work.spawn(ask(&work, how.path, &body_bytes));
    work.spawn(churn_clients(&work, identify(count) + "REGISTER t0 c0\n"));
  }
  work.finish();
  return work.result("mixed");
}

figures long_answers(target const& server, load const& how) {
  measurement work{server, how};
  prepare_producers(work);
  work.start_measuring();
  bool stop = false;
  for (auto const* const path : {"/nodes", "/topics", "/debug"}) {
    work.spawn(keep_asking(&work, path, &stop));
  }
  work.spawn(register_one_by_one(&work, &stop));
  work.finish();
  return work.result("long-answers");
}

}  // namespace bench
