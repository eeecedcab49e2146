// SPDX-License-Identifier: MIT
#include "compare.hpp"

#include "progress.hpp"
#include "server_process.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace bench {
namespace {

using std::chrono::steady_clock;

std::vector<experiment> wanted_experiments(comparison const& settings) {
  auto experiments = all_experiments(settings.limits);
  if (settings.only.empty()) {
    return experiments;
  }
  auto const unwanted = [&](row const& each) {
    return std::none_of(settings.only.begin(), settings.only.end(), [&](std::string const& text) {
      return each.name.find(text) != std::string::npos;
    });
  };
  for (auto& each : experiments) {
    std::erase_if(each.rows, unwanted);
  }
  std::erase_if(experiments, [](experiment const& each) { return each.rows.empty(); });
  if (experiments.empty()) {
    throw std::runtime_error{"no row's name contains '" + settings.only.front() +
                             "': --help lists them"};
  }
  return experiments;
}

std::map<std::string, std::string> environment(experiment const& scenario, std::size_t body_bytes) {
  // One producer registers 110,000 names; servers that have no such limit do not look.
  std::map<std::string, std::string> variables{{"NSQLOOKUPD_MAX_REGISTRATIONS_PER_PRODUCER", "0"}};
  if (scenario.floor == floor_part::keeps_names) {
    variables["FLOOR_KEEP_NAMES"] = "1";
  }
  if (body_bytes != 0) {
    variables["FLOOR_HTTP_BODY_BYTES"] = std::to_string(body_bytes);
  }
  return variables;
}

// One experiment, its rounds and servers in turn.
class runner {
 public:
  runner(comparison const& asked, experiment const& scenario)
      : asked_{asked}, scenario_{scenario}, spent_(asked.servers.size()) {
    result_.rows = scenario.rows;
    result_.rounds.resize(asked.servers.size());
  }

  experiment_result run() {
    for (round_ = 1; round_ <= asked_.rounds; ++round_) {
      for (std::size_t index = 0; index < asked_.servers.size(); ++index) {
        if (takes_part(index)) {
          measure(index);
        }
      }
    }
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool takes_part(std::size_t index) const {
    if (asked_.servers[index].is_floor && scenario_.floor == floor_part::none) {
      return false;
    }
    auto const& rounds = result_.rounds[index];
    return rounds.empty() || spent_[index] < asked_.row_time;
  }

  void measure(std::size_t index) {
    auto const& server = asked_.servers[index];
    auto const& name = scenario_.rows.front().name;
    progress::begin_part("round " + std::to_string(round_) + " of " +
                         std::to_string(asked_.rounds) + ", " + server.name);
    auto const since = steady_clock::now();
    try {
      server_process const process{start_of(server)};
      auto const found = scenario_.measure(process.where());
      body_bytes_ = index == 0 ? found.body_bytes : body_bytes_;
      result_.rounds[index].push_back(found);
    } catch (std::exception const& error) {
      throw std::runtime_error{server.name + ", " + name + ": " + error.what()};
    }
    spent_[index] += steady_clock::now() - since;
  }

  [[nodiscard]] server_start start_of(server_spec const& server) const {
    server_start how;
    how.binary = server.binary;
    if (!scenario_.at_default_log_level) {
      how.flags.emplace_back("-log-level=error");
    }
    how.flags.insert(how.flags.end(), server.flags.begin(), server.flags.end());
    how.environment = environment(scenario_, body_bytes_);
    how.patience = std::min(how.patience, asked_.limits.patience);
    return how;
  }

  comparison const& asked_;
  experiment const& scenario_;
  experiment_result result_;
  std::vector<steady_clock::duration> spent_;
  std::size_t round_ = 0;
  // The floor answers with bodies as large as the first server's.
  std::size_t body_bytes_ = 0;
};

}  // namespace

void compare(comparison const& settings, std::function<void(experiment_result)> const& found) {
  if (settings.servers.empty()) {
    throw std::runtime_error{"compare needs at least one --server PATH"};
  }
  auto const experiments = wanted_experiments(settings);
  std::size_t number = 0;
  for (auto const& each : experiments) {
    auto const position = std::to_string(++number) + '/' + std::to_string(experiments.size());
    progress::begin_step(position + ' ' + each.rows.front().name);
    auto result = runner{settings, each}.run();
    progress::clear();
    found(std::move(result));
  }
}

}  // namespace bench
