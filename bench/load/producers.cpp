// SPDX-License-Identifier: MIT
#include "producers.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace bench {
namespace {

namespace asio = boost::asio;

// No server need let one producer register all that stands.
constexpr std::size_t topics_of_a_standing_producer = 1'000;

std::string topic_name(load const& how, std::size_t producer, std::size_t topic) {
  auto const number = 't' + std::to_string(topic);
  return how.distinct_names ? 'p' + std::to_string(producer) + '-' + number : number;
}

asio::awaitable<void> be_standing(measurement* work, client* producer, std::size_t first_topic) {
  auto const& how = work->how();
  co_await be_identified(work, producer, first_topic);
  std::vector<std::string> commands;
  auto const end = std::min(how.standing_topics, first_topic + topics_of_a_standing_producer);
  for (auto topic = first_topic; topic < end; ++topic) {
    auto const name = "standing-" + std::to_string(topic);
    for (std::size_t channel = 0; channel < how.standing_channels; ++channel) {
      commands.push_back(register_line(name, channel));
    }
  }
  co_await send_all(work, producer, std::move(commands));
}

asio::awaitable<void> be_producer(measurement* work, client* producer, std::size_t number) {
  co_await be_identified(work, producer, number);
  co_await send_all(work, producer, commands_of(work->how(), number));
}

// Producers come a few at a time: their presence is measured, and not how they came.
asio::awaitable<void> add_producers(measurement* work, std::size_t first, std::size_t step) {
  for (auto number = first; number < work->how().producers; number += step) {
    co_await be_producer(work, &work->keep_client(), number);
  }
}

}  // namespace

std::string register_line(std::string_view topic, std::size_t channel) {
  return "REGISTER " + std::string{topic} + " c" + std::to_string(channel) + '\n';
}

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
asio::awaitable<void> send_all(measurement* work, client* connection,
                               std::vector<std::string> commands) {
  constexpr std::size_t batch = 200;
  for (std::size_t at = 0; at < commands.size(); at += batch) {
    auto const count = std::min(batch, commands.size() - at);
    std::string bytes;
    for (std::size_t index = at; index < at + count; ++index) {
      bytes += commands[index];
    }
    co_await connection->send(bytes);
    co_await connection->read_frames(count);
    work->made_progress();
  }
}

asio::awaitable<void> be_identified(measurement* work, client* producer, std::size_t number) {
  co_await producer->connect(work->server().tcp);
  auto const hello = identify(number);
  co_await producer->send(hello);
  co_await producer->read_frames(1);
  work->made_progress();
}

asio::awaitable<void> close_all(measurement* work, std::vector<client*> producers) {
  constexpr std::size_t at_a_time = 10;
  for (std::size_t index = 0; index < producers.size(); ++index) {
    producers[index]->close();
    if (index % at_a_time == 0) {
      co_await asio::post(work->io(), asio::use_awaitable);
    }
  }
}

void prepare_standing(measurement& work) {
  for (std::size_t first = 0; first < work.how().standing_topics;
       first += topics_of_a_standing_producer) {
    work.spawn(be_standing(&work, &work.keep_client(), first));
  }
  work.finish();
}

void prepare_producers(measurement& work) {
  constexpr std::size_t at_a_time = 8;
  for (std::size_t first = 0; first < at_a_time; ++first) {
    work.spawn(add_producers(&work, first, at_a_time));
  }
  work.finish();
}

}  // namespace bench
