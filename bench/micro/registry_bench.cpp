// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/registration_db.hpp>

#include <benchmark/benchmark.h>

#include <string>

namespace {

using namespace nsqlookupd::registry;

constexpr time_point now{std::chrono::seconds{1'800'000'000}};

peer_info peer(std::int64_t number) {
  auto const name = "host-" + std::to_string(number);
  return {"127.0.0.1:" + std::to_string(number), name, name, 4150, 4151, "1.3.0", "", ""};
}

// Registrations of others, which nothing here may depend on.
void add_others(registration_db& db, std::int64_t topics) {
  auto const other = db.add_producer(peer(0), now);
  for (std::int64_t topic = 0; topic < topics; ++topic) {
    for (int channel = 0; channel < 10; ++channel) {
      db.register_producer(other, "other-" + std::to_string(topic),
                           "channel-" + std::to_string(channel));
    }
  }
}

void connect_register_leave(benchmark::State& state) {
  registration_db db;
  add_others(db, state.range(0));
  for (auto step : state) {
    auto const id = db.add_producer(peer(1), now);
    db.register_producer(id, "topic", "channel");
    db.remove_producer(id);
    db.reclaim(100);
  }
}
BENCHMARK(connect_register_leave)->Arg(0)->Arg(10'000);

void register_again(benchmark::State& state) {
  registration_db db;
  add_others(db, state.range(0));
  auto const id = db.add_producer(peer(1), now);
  for (auto step : state) {
    benchmark::DoNotOptimize(db.register_producer(id, "topic", "channel"));
  }
}
BENCHMARK(register_again)->Arg(0)->Arg(10'000);

// The topic has channels of others, and the producer has registrations elsewhere.
void register_and_unregister_a_topic(benchmark::State& state) {
  registration_db db;
  auto const id = db.add_producer(peer(1), now);
  auto const other = db.add_producer(peer(2), now);
  for (std::int64_t number = 0; number < state.range(0); ++number) {
    auto const channel = std::to_string(number);
    db.register_producer(other, "topic", channel);
    db.register_producer(id, "elsewhere", channel);
  }
  for (auto step : state) {
    db.register_producer(id, "topic", "channel");
    benchmark::DoNotOptimize(db.unregister_topic(id, "topic"));
  }
}
BENCHMARK(register_and_unregister_a_topic)->Arg(0)->Arg(40'000);

void list_registered(benchmark::State& state) {
  registration_db db;
  add_others(db, 10'000);
  for (std::int64_t number = 1; number <= state.range(0); ++number) {
    db.register_producer(db.add_producer(peer(number), now), "topic", "channel");
  }
  for (auto step : state) {
    std::size_t size = 0;
    std::size_t budget = 1000;
    auto const add_size = [&](listed_producer const& producer) {
      size += producer.peer.version.size();
    };
    producer_position at;
    benchmark::DoNotOptimize(db.list_registered("topic", {}, at, budget, add_size));
    benchmark::DoNotOptimize(size);
  }
}
BENCHMARK(list_registered)->Arg(1)->Arg(100);

void list_topics(benchmark::State& state) {
  registration_db db;
  add_others(db, state.range(0));
  for (auto step : state) {
    std::size_t size = 0;
    auto const sink = [&](std::string_view name) { size += name.size(); };
    std::size_t budget = 1'000'000;
    std::string at;
    benchmark::DoNotOptimize(db.list_topics(at, budget, sink));
    benchmark::DoNotOptimize(size);
  }
}
BENCHMARK(list_topics)->Arg(100)->Arg(10'000);

}  // namespace
