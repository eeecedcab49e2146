// SPDX-License-Identifier: MIT
#include "experiment_result.hpp"

namespace bench {

std::optional<figures> medians_of(experiment_result const& result, std::size_t server) {
  auto const& rounds = result.rounds[server];
  return rounds.empty() ? std::nullopt : std::optional{median_of(rounds)};
}

std::optional<double> ratio_to(experiment_result const& result, row const& figure,
                               std::size_t server) {
  auto const first = medians_of(result, 0);
  auto const other = medians_of(result, server);
  if (!first || !other || figure.value(*first) <= 0 || figure.value(*other) <= 0) {
    return {};
  }
  return figure.value(*first) / figure.value(*other);
}

}  // namespace bench
