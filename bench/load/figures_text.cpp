// SPDX-License-Identifier: MIT
#include "figures_json.hpp"
#include "text.hpp"
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace bench {
namespace {

namespace json = boost::json;

constexpr double mib = 1 << 20;
constexpr std::size_t scenario_width = 16;
constexpr std::size_t width = 11;

std::string of_process(figures const& row, std::string const& figure) {
  return pad_left(row.has_process ? figure : "-", width);
}

json::value of_process(figures const& found, double figure) {
  return found.has_process ? json::value(figure) : nullptr;
}

std::size_t name_width(std::vector<figures> const& rows) {
  auto longest = scenario_width;
  for (auto const& row : rows) {
    longest = std::max(longest, row.scenario.size() + 1);
  }
  return longest;
}

// The second table, of those that watch.
std::string watch_table(std::vector<figures> const& rows) {
  auto const name = name_width(rows);
  std::string table;
  for (auto const& row : rows) {
    auto const& watch = row.watch;
    if (watch.watchers == 0) {
      continue;
    }
    if (table.empty()) {
      table = '\n' + pad_right("last reader", name);
      for (auto const* const column : {"watchers", "changes", "p50 us", "p99 us", "worst us",
                                       "PING p99", "PING worst", "peak MiB", "faults"}) {
        table += pad_left(column, width);
      }
    }
    table += '\n' + pad_right(row.scenario, name) +
             pad_left(std::to_string(watch.watchers), width) +
             pad_left(std::to_string(watch.changes), width);
    for (auto const latency : {watch.last_p50_us, watch.last_p99_us, watch.last_worst_us,
                               watch.ping_p99_us, watch.ping_worst_us}) {
      table += pad_left(decimal(latency, 1), width);
    }
    auto const faults = watch.ids_not_growing + watch.unexpected + watch.wrong_last_states;
    table += of_process(row, decimal(watch.peak_growth_bytes / mib, 1)) +
             pad_left(std::to_string(faults), width);
  }
  return table.empty() ? table : table + '\n';
}

json::object to_object(watch_figures const& found, figures const& all) {
  return {{"watchers", found.watchers},
          {"changes", found.changes},
          {"last_p50_us", found.last_p50_us},
          {"last_p99_us", found.last_p99_us},
          {"last_worst_us", found.last_worst_us},
          {"ping_p99_us", found.ping_p99_us},
          {"ping_worst_us", found.ping_worst_us},
          {"peak_growth_bytes", of_process(all, found.peak_growth_bytes)},
          {"comments", found.comments},
          {"ids_not_growing", found.ids_not_growing},
          {"unexpected", found.unexpected},
          {"wrong_last_states", found.wrong_last_states}};
}

}  // namespace

std::string to_table(std::vector<figures> const& rows) {
  auto const name = name_width(rows);
  auto table = pad_right("scenario", name);
  for (auto const* const column : {"operations", "per s", "CPU us/op", "p50 us", "p99 us",
                                   "p99.9 us", "worst us", "RSS MiB", "bytes/item"}) {
    table += pad_left(column, width);
  }
  for (auto const& row : rows) {
    table += '\n' + pad_right(row.scenario, name) +
             pad_left(std::to_string(row.operations), width) +
             pad_left(decimal(row.per_second, 0), width) +
             of_process(row, significant(row.cpu_us_per_operation, 4));
    for (auto const latency : {row.p50_us, row.p99_us, row.p999_us, row.worst_us}) {
      table += pad_left(decimal(latency, 1), width);
    }
    table += of_process(row, decimal(row.resident_bytes / mib, 1)) +
             of_process(row, decimal(row.bytes_per_item, 0));
  }
  return table + '\n' + watch_table(rows);
}

json::object to_object(figures const& found) {
  json::object all{{"scenario", found.scenario},
                   {"operations", found.operations},
                   {"seconds", found.seconds},
                   {"per_second", found.per_second},
                   {"cpu_us_per_operation", of_process(found, found.cpu_us_per_operation)},
                   {"p50_us", found.p50_us},
                   {"p99_us", found.p99_us},
                   {"p999_us", found.p999_us},
                   {"worst_us", found.worst_us},
                   {"resident_bytes", of_process(found, found.resident_bytes)},
                   {"bytes_per_item", of_process(found, found.bytes_per_item)},
                   {"body_bytes", found.body_bytes}};
  if (found.watch.watchers != 0) {
    all["watch"] = to_object(found.watch, found);
  }
  return all;
}

std::string to_json(std::vector<figures> const& rows) {
  json::array all;
  for (auto const& row : rows) {
    all.push_back(to_object(row));
  }
  return json::serialize(all) + '\n';
}

}  // namespace bench
