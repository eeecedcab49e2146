// SPDX-License-Identifier: MIT
#include "compare.hpp"

#include "figures.hpp"
#include "scenarios.hpp"
#include "server_process.hpp"
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <utility>

namespace bench {
namespace {

using std::chrono::milliseconds;

// One line of the table: how it is measured, and which figure counts.
struct row {
  std::string name;
  std::string unit;
  std::function<figures(target const&)> measure;
  std::function<double(figures const&)> value;
  bool at_default_log_level = false;
  /// Rows that take long to prepare, or whose figure does not vary, get fewer rounds.
  std::size_t max_rounds = 100;
};

double cpu(figures const& found) {
  return found.cpu_us_per_operation;
}
double bytes_per_item(figures const& found) {
  return found.bytes_per_item;
}
double milliseconds_taken(figures const& found) {
  return found.seconds * 1e3;
}
double worst_milliseconds(figures const& found) {
  return found.worst_us / 1e3;
}

load small_lookup(std::string path, std::size_t standing_topics) {
  load how;
  how.operations = 40'000;
  how.time_limit = milliseconds{1'500};
  how.producers = 1;
  how.standing_topics = standing_topics;
  how.path = std::move(path);
  return how;
}

row churn_row(std::string name, std::size_t standing_topics, bool at_default_log_level) {
  load how;
  how.operations = 20'000;
  how.time_limit = milliseconds{1'500};
  how.connections = 32;
  how.standing_topics = standing_topics;
  return {std::move(name), "us", [how](target const& server) { return churn(server, how); }, cpu,
          at_default_log_level};
}

row get_row(std::string name, load how) {
  return {std::move(name), "us",
          [how = std::move(how)](target const& server) { return lookup(server, how); }, cpu};
}

row memory_row(std::string name, load how, bool per_registration) {
  constexpr std::size_t rounds = 3;
  return {std::move(name),
          "bytes",
          [how = std::move(how), per_registration](target const& server) {
            return idle(server, how, per_registration);
          },
          bytes_per_item,
          false,
          rounds};
}

std::vector<row> all_rows() {
  constexpr std::size_t many_topics = 10'000;
  std::vector<row> rows;
  rows.push_back(churn_row("churn", 0, false));
  rows.push_back(churn_row("churn, default log level", 0, true));
  rows.push_back(churn_row("churn beside 100,000 channels", many_topics, false));

  load registering;
  registering.topics = 1'000;
  registering.channels = 10;
  rows.push_back({"REGISTER, 1,000 x 10 pipelined", "us",
                  [=](target const& server) { return register_names(server, registering); }, cpu});

  rows.push_back(get_row("/lookup", small_lookup("/lookup?topic=t0", 0)));
  auto pipelined = small_lookup("/lookup?topic=t0", 0);
  pipelined.pipelined = 8;
  rows.push_back(get_row("/lookup, 8 pipelined", pipelined));
  rows.push_back(
      get_row("/lookup beside 100,000 channels", small_lookup("/lookup?topic=t0", many_topics)));
  rows.push_back(get_row("/channels beside 100,000 channels",
                         small_lookup("/channels?topic=t0", many_topics)));

  auto nodes = small_lookup("/nodes", 0);
  nodes.operations = 1'000;
  nodes.producers = 1'000;
  nodes.topics = 50;
  rows.push_back(get_row("/nodes, 1,000 producers x 50 topics", nodes));
  auto topics = small_lookup("/topics", many_topics);
  topics.operations = 2'000;
  rows.push_back(get_row("/topics, 10,000 beside 100,000 channels", topics));

  load idle_producers;
  idle_producers.producers = 10'000;
  rows.push_back(memory_row("memory per idle producer", idle_producers, false));
  load shared;
  shared.topics = 200;
  shared.channels = 3;
  rows.push_back(memory_row("memory per registration, shared names", shared, true));
  load distinct;
  distinct.producers = 1;
  distinct.topics = many_topics;
  distinct.channels = 10;
  rows.push_back(memory_row("memory per registration, own names", distinct, true));

  load storming;
  storming.topics = 100;
  rows.push_back({"storm, until /nodes is empty", "ms",
                  [=](target const& server) { return storm(server, storming); },
                  milliseconds_taken});
  rows.push_back({"storm, worst /lookup", "ms",
                  [=](target const& server) { return storm(server, storming); },
                  worst_milliseconds});

  load restarting;
  restarting.producers = 2'000;
  restarting.channels = 100;
  rows.push_back({"restart storm, worst reply", "ms",
                  [=](target const& server) { return restart_storm(server, restarting); },
                  worst_milliseconds, false, 3});
  return rows;
}

std::map<std::string, std::string> environment(std::size_t body_bytes) {
  std::map<std::string, std::string> variables{
      // One producer registers 110,000 names; servers that have no such limit do not look.
      {"NSQLOOKUPD_MAX_REGISTRATIONS_PER_PRODUCER", "0"},
      {"FLOOR_KEEP_NAMES", "1"}};
  if (body_bytes != 0) {
    variables["FLOOR_HTTP_BODY_BYTES"] = std::to_string(body_bytes);
  }
  return variables;
}

figures measure(row const& what, std::string const& binary, std::size_t body_bytes,
                std::string const& log) {
  std::vector<std::string> flags;
  if (!what.at_default_log_level) {
    flags.emplace_back("-log-level=error");
  }
  server_process const server{binary, flags, environment(body_bytes), log};
  return what.measure(server.where());
}

void print_row(row const& what, std::vector<std::string> const& servers,
               std::vector<std::vector<double>> const& values) {
  auto const first = median(values.front());
  std::printf("%-40s", what.name.c_str());
  for (std::size_t index = 0; index < servers.size(); ++index) {
    std::printf(" %12.2f %-5s", median(values[index]), what.unit.c_str());
  }
  for (std::size_t index = 1; index < servers.size(); ++index) {
    auto const other = median(values[index]);
    std::printf(" %10.5f", other > 0 ? first / other : 0.0);
  }
  std::printf("\n");
  std::fflush(stdout);
}

void print_head(std::vector<std::string> const& servers) {
  std::printf("%-40s", "median of");
  for (auto const& server : servers) {
    std::printf(" %18s", std::filesystem::path{server}.filename().c_str());
  }
  for (std::size_t index = 1; index < servers.size(); ++index) {
    std::printf("   1st/%zu.  ", index + 1);
  }
  std::printf("\n");
}

}  // namespace

void compare(comparison const& what) {
  if (what.servers.empty()) {
    throw std::runtime_error{"compare needs at least one --server PATH"};
  }
  auto const log = (std::filesystem::temp_directory_path() /
                    ("nsqlookupd-bench-" + std::to_string(::getpid()) + ".log"))
                       .string();
  print_head(what.servers);
  for (auto const& each : all_rows()) {
    if (each.name.find(what.only) == std::string::npos) {
      continue;
    }
    std::vector<std::vector<double>> values(what.servers.size());
    // The floor answers with bodies as large as the first server's.
    std::size_t body_bytes = 0;
    for (std::size_t round = 0; round < std::min(what.rounds, each.max_rounds); ++round) {
      for (std::size_t index = 0; index < what.servers.size(); ++index) {
        std::fprintf(stderr, "%s: round %zu, %s\n", each.name.c_str(), round + 1,
                     what.servers[index].c_str());
        auto const found = measure(each, what.servers[index], body_bytes, log);
        if (index == 0) {
          body_bytes = found.body_bytes;
        }
        values[index].push_back(each.value(found));
      }
    }
    print_row(each, what.servers, values);
  }
  std::error_code ignored;
  std::filesystem::remove(log, ignored);
}

}  // namespace bench
