// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include "scenarios.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace bench {
namespace {

constexpr std::size_t many_topics = 10'000;
constexpr std::string_view beside = " beside 100,000 channels";

double cpu(figures const& found) {
  return found.cpu_us_per_operation;
}
double bytes_per_item(figures const& found) {
  return found.bytes_per_item;
}
double milliseconds_taken(figures const& found) {
  return found.seconds * 1e3;
}
double kibibytes_per_item(figures const& found) {
  constexpr double kibibyte = 1'024;
  return found.bytes_per_item / kibibyte;
}
double worst_milliseconds(figures const& found) {
  return found.worst_us / 1e3;
}

double p99_milliseconds(figures const& found) {
  return found.p99_us / 1e3;
}
double last_reader_milliseconds(figures const& found) {
  return found.watch.last_worst_us / 1e3;
}
double worst_ping_milliseconds(figures const& found) {
  return found.watch.ping_worst_us / 1e3;
}
double peak_mebibytes(figures const& found) {
  constexpr double mebibyte = 1 << 20;
  return found.watch.peak_growth_bytes / mebibyte;
}

std::vector<row> cpu_row(std::string name) {
  return {{std::move(name), "us CPU", cpu}};
}

// Makes experiments of loads.
class maker {
 public:
  explicit maker(experiment_limits const& limits) : limits_{limits} {}

  template <class Scenario>
  void add(std::vector<row> rows, load how, Scenario scenario,
           floor_part floor = floor_part::sends_answers) {
    how.time_limit = limits_.time_limit;
    how.patience = limits_.patience;
    if (limits_.tiny) {
      make_tiny(how);
    }
    experiment made;
    made.rows = std::move(rows);
    made.measure = [=](target const& server) { return scenario(server, how); };
    made.floor = floor;
    all_.push_back(std::move(made));
  }

  [[nodiscard]] experiment& last() { return all_.back(); }
  [[nodiscard]] std::vector<experiment> take() { return std::move(all_); }

 private:
  static void make_tiny(load& how) {
    constexpr std::size_t part = 100;
    for (auto const number :
         {&load::operations, &load::producers, &load::topics, &load::watchers}) {
      how.*number = std::max<std::size_t>(how.*number / part, 1);
    }
    how.standing_topics /= part;
  }

  experiment_limits limits_;
  std::vector<experiment> all_;
};

void add_churn(maker& make) {
  load how;
  how.connections = 32;
  make.add(cpu_row("churn"), how, churn);
  make.add(cpu_row("churn, default log level"), how, churn);
  make.last().at_default_log_level = true;
  how.standing_topics = many_topics;
  make.add(cpu_row("churn" + std::string{beside}), how, churn);
}

void add_register(maker& make) {
  load how;
  how.topics = 1'000;
  how.channels = 10;
  make.add(cpu_row("REGISTER, 1,000 topics x 10 channels pipelined"), how, register_names);
}

void add_lookups(maker& make) {
  load how;
  how.producers = 1;
  make.add(cpu_row("/lookup"), how, lookup);
  how.pipelined = 8;
  make.add(cpu_row("/lookup, 8 pipelined"), how, lookup);
  how.pipelined = 1;
  how.standing_topics = many_topics;
  make.add(cpu_row("/lookup" + std::string{beside}), how, lookup);
  how.path = "/channels?topic=t0";
  make.add(cpu_row("/channels" + std::string{beside}), how, lookup);
}

void add_listings(maker& make) {
  load nodes;
  nodes.path = "/nodes";
  nodes.producers = 1'000;
  nodes.topics = 50;
  nodes.connections = 1;
  nodes.changing = true;
  make.add(cpu_row("/nodes, 1,000 producers x 50 topics, changing"), nodes, lookup);
  nodes.changing = false;
  make.add(cpu_row("/nodes, 1,000 producers x 50 topics, unchanged"), nodes, lookup);
  load topics;
  topics.path = "/topics";
  topics.producers = 1;
  topics.connections = 1;
  topics.standing_topics = many_topics;
  make.add(cpu_row("/topics, 10,000" + std::string{beside} + ", unchanged"), topics, lookup);
}

void add_memory(maker& make) {
  auto const memory_row = [](std::string name) {
    return std::vector<row>{{std::move(name), "bytes", bytes_per_item}};
  };
  auto const per_producer = [](target const& server, load const& how) {
    return idle(server, how, false);
  };
  auto const per_registration = [](target const& server, load const& how) {
    return idle(server, how, true);
  };
  load waiting;
  waiting.producers = 10'000;
  make.add(memory_row("memory per idle producer, 10,000"), waiting, per_producer,
           floor_part::keeps_names);
  load shared;
  shared.producers = 1'000;
  shared.topics = 200;
  shared.channels = 3;
  make.add(memory_row("memory per registration, shared names"), shared, per_registration,
           floor_part::none);
  load own;
  own.producers = 1;
  own.topics = many_topics;
  own.channels = 10;
  make.add(memory_row("memory per registration, own names"), own, per_registration,
           floor_part::keeps_names);
}

void add_worst_cases(maker& make) {
  load storming;
  storming.producers = 1'000;
  storming.topics = 100;
  make.add({{"disconnect storm, until /nodes is empty", "ms", milliseconds_taken},
            {"disconnect storm, worst /lookup", "ms", worst_milliseconds}},
           storming, storm);
  load million;
  million.producers = 20;
  million.topics = 5'000;
  million.channels = 9;
  million.distinct_names = true;
  make.add({{"long answers of a million, worst REGISTER", "ms", worst_milliseconds}}, million,
           long_answers, floor_part::none);
  load restarting;
  restarting.producers = 2'000;
  restarting.channels = 100;
  make.add({{"restart storm, 2,000 x 100, worst reply", "ms", worst_milliseconds}}, restarting,
           restart_storm);
}

void add_pings(maker& make) {
  auto const add = [&](std::string const& name, std::string const& description) {
    make.add({{"worst PING beside " + description, "ms", worst_milliseconds}},
             usual_ping_load(name), ping, floor_part::none);
  };
  add("symbol", "400 pipelined /debug/pprof/symbol");
  add("metrics", "1,000 pipelined /metrics");
  add("unregister", "3,000 pipelined UNREGISTER");
  add("register", "64 producers x 1,500 REGISTER");
  add("unread", "400 clients x 100 unread /topics");
  make.last().rows.push_back(
      {"memory per client with 100 unread /topics", "KiB", kibibytes_per_item});
  add("delete", "/topic/delete of 80,000 channels");
  make.last().at_default_log_level = true;
}

void add_watching(maker& make) {
  load many;
  many.topics = 1'000;
  many.producers = 1;
  make.add({{"10,000 watch 1,000 topics, event", "us CPU", cpu},
            {"10,000 watch 1,000 topics, change to reader, p99", "ms", p99_milliseconds},
            {"10,000 watch 1,000 topics, memory per watcher", "bytes", bytes_per_item}},
           many, watch);
  auto waiting = many;
  waiting.mode = watch_mode::wait;
  make.add({{"10,000 waiting lookups of 1,000 topics, answer", "us CPU", cpu},
            {"10,000 waiting lookups of 1,000 topics, memory per one", "bytes", bytes_per_item}},
           waiting, watch);
  auto one = many;
  one.topics = 1;
  one.rate = 5;
  make.add({{"10,000 watch one topic, event", "us CPU", cpu},
            {"10,000 watch one topic, last reader", "ms", last_reader_milliseconds},
            {"10,000 watch one topic, worst PING", "ms", worst_ping_milliseconds}},
           one, watch);
  make.add({{"1,000 watch 1,000 x 200 leave, memory peak", "MiB", peak_mebibytes},
            {"1,000 watch 1,000 x 200 leave, until the last state", "ms", milliseconds_taken}},
           usual_watch_storm(), watch, floor_part::none);
}

}  // namespace

std::vector<experiment> all_experiments(experiment_limits const& limits) {
  maker make{limits};
  add_churn(make);
  add_register(make);
  add_lookups(make);
  add_listings(make);
  add_memory(make);
  add_worst_cases(make);
  add_pings(make);
  add_watching(make);
  return make.take();
}

}  // namespace bench
