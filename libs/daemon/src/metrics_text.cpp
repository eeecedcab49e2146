// SPDX-License-Identifier: MIT
#include "metrics_text.hpp"

#include <nsqlookupd/config/version.hpp>
#include <nsqlookupd/log/repeats.hpp>
#include <nsqlookupd/log/setup.hpp>
#include <nsqlookupd/metrics/exposition.hpp>

namespace nsqlookupd {

std::string metrics_text(metrics::counters const& counted, registry::totals const& all,
                         std::size_t held_input) {
  return metrics::exposition(counted, {.producers = all.producers,
                                       .topics = all.topics,
                                       .channels = all.channels,
                                       .registrations = all.registrations,
                                       .unfinished_input_bytes = held_input,
                                       .log_lines_dropped = log::dropped_lines(),
                                       .log_lines_left_out = log::left_out_lines(),
                                       .version = std::string{config::version()},
                                       .built_with = config::built_with()});
}

}  // namespace nsqlookupd
