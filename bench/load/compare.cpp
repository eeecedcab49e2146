// SPDX-License-Identifier: MIT
#include "compare.hpp"

#include "progress.hpp"
#include "started_server.hpp"
#include "watchers.hpp"

#include <algorithm>
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

// One experiment, its rounds and servers in turn.
class runner {
 public:
  runner(comparison const& asked, experiment const& scenario)
      : asked_{asked},
        scenario_{scenario},
        cannot_take_part_(asked.servers.size()),
        spent_(asked.servers.size()) {
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
    bool const knows_nothing =
        asked_.servers[index].is_floor && scenario_.floor == floor_part::none;
    if (knows_nothing || cannot_take_part_[index]) {
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
    start_settings const how{.at_default_log_level = scenario_.at_default_log_level,
                             .keeps_names = scenario_.floor == floor_part::keeps_names,
                             .body_bytes = body_bytes_,
                             .patience = asked_.limits.patience};
    try {
      server_process const process{start_of(server, how)};
      auto const found = scenario_.measure(process.where());
      check_faults(found);
      body_bytes_ = index == 0 ? found.body_bytes : body_bytes_;
      result_.rounds[index].push_back(found);
    } catch (cannot_watch const&) {
      cannot_take_part_[index] = true;
    } catch (std::exception const& error) {
      throw std::runtime_error{server.name + ", " + name + ": " + error.what()};
    }
    spent_[index] += steady_clock::now() - since;
  }

  comparison const& asked_;
  experiment const& scenario_;
  experiment_result result_;
  // The servers without the part that is measured: v1.3.0 has nothing to watch.
  std::vector<bool> cannot_take_part_;
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
