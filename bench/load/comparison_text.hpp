// SPDX-License-Identifier: MIT
#pragma once

#include "compare.hpp"

#include <string>
#include <vector>

namespace bench {

/// The columns of to_table().
[[nodiscard]] std::string table_head();

/// For each row a line with its name and one for each server: the row's figure, the ratio of the
/// first server's to it, and the other figures. Blank where a server had no part.
[[nodiscard]] std::string to_table(std::vector<server_spec> const& servers,
                                   experiment_result const& result);

/// Two tables in Markdown, of the rows' figures with their ratios and of all figures, and a line
/// about machine and day.
[[nodiscard]] std::string to_markdown(comparison const& settings,
                                      std::vector<experiment_result> const& results);

/// Everything, each round by itself, too.
[[nodiscard]] std::string to_json(comparison const& settings,
                                  std::vector<experiment_result> const& results);

}  // namespace bench
