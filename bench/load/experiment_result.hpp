// SPDX-License-Identifier: MIT
#pragma once

#include "figures.hpp"
#include "rows.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace bench {

/// The result of an experiment.
struct experiment_result {
  std::vector<row> rows;
  /// The figures of each server, one for each round; none when it had no part.
  std::vector<std::vector<figures>> rounds;
};

/// The medians of one server; nothing where it had no part.
[[nodiscard]] std::optional<figures> medians_of(experiment_result const& result,
                                                std::size_t server);

/// The first server's figure over this server's; nothing when one of them is missing or zero.
[[nodiscard]] std::optional<double> ratio_to(experiment_result const& result, row const& figure,
                                             std::size_t server);

}  // namespace bench
