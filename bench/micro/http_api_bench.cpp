// SPDX-License-Identifier: MIT
#include <nsqlookupd/http/head.hpp>
#include <nsqlookupd/http_api/routes.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace nsqlookupd;

constexpr registry::time_point now{std::chrono::seconds{1'800'000'000}};

// Producers, each registered for the topic `topic` and as many of its own as are asked for.
void fill(registry::registration_db& db, std::int64_t producers, std::int64_t topics) {
  for (std::int64_t number = 0; number < producers; ++number) {
    auto const name = "host-" + std::to_string(number);
    auto const id = db.add_producer(
        {"127.0.0.1:" + std::to_string(number), name, name, 4150, 4151, "1.3.0", "", ""}, now);
    db.register_producer(id, "topic", "channel");
    for (std::int64_t topic = 0; topic < topics; ++topic) {
      db.register_producer(id, "topic-" + std::to_string(topic), {});
    }
  }
}

http::reply answer(http_api::route_table const& routes, std::string_view text,
                   registry::registration_db& db) {
  auto const target = *http::target::parse(text);
  auto reply = http_api::respond(routes, routes.find(target.path()), {"GET", target}, db, now);
  if (auto const stream = std::move(reply.body.stream)) {
    while (!stream->write_some(2048)) {
    }
    reply.body = stream->finish();
  }
  return reply;
}

enum class then : std::uint8_t { ask_again, change_a_node, forget };

void get(benchmark::State& state, std::string const& target, std::int64_t producers,
         std::int64_t topics, then next = then::forget) {
  registry::registration_db db;
  fill(db, producers, topics);
  http_api::answer_cache cache;
  http_api::route_table const routes{http_api::nsq_routes("2.0.0", cache)};
  std::string out;
  std::size_t size = 0;
  for (auto step : state) {
    out.clear();
    auto const reply = answer(routes, target, db);
    http::append_head(reply, {}, "Mon, 23 Nov 2026 05:31:36 GMT", out);
    benchmark::DoNotOptimize(out.data());
    size = out.size() + reply.body.size();
    if (next == then::forget) {
      cache = {};
    } else if (next == then::change_a_node) {
      auto const changing = registry::producer_id{};
      if (!db.register_producer(changing, "other", {}).topic_added) {
        db.unregister_topic(changing, "other");
      }
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}
BENCHMARK_CAPTURE(get, ping, "/ping", 0, 0);
BENCHMARK_CAPTURE(get, not_found, "/nope", 0, 0);
BENCHMARK_CAPTURE(get, lookup_of_1, "/lookup?topic=topic", 1, 0);
BENCHMARK_CAPTURE(get, lookup_of_1_unchanged, "/lookup?topic=topic", 1, 0, then::ask_again);
BENCHMARK_CAPTURE(get, lookup_of_100, "/lookup?topic=topic", 100, 0);
BENCHMARK_CAPTURE(get, lookup_of_100_unchanged, "/lookup?topic=topic", 100, 0, then::ask_again);
BENCHMARK_CAPTURE(get, topics_10000, "/topics", 1, 10'000);
BENCHMARK_CAPTURE(get, topics_10000_unchanged, "/topics", 1, 10'000, then::ask_again);
BENCHMARK_CAPTURE(get, nodes_1000_x_50, "/nodes", 1'000, 50);
BENCHMARK_CAPTURE(get, nodes_1000_x_50_changed, "/nodes", 1'000, 50, then::change_a_node);
BENCHMARK_CAPTURE(get, nodes_1000_x_50_unchanged, "/nodes", 1'000, 50, then::ask_again);

}  // namespace
