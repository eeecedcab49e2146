// SPDX-License-Identifier: MIT
#include "figures_json.hpp"
#include "text.hpp"
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace bench {
namespace {

constexpr double mib = 1 << 20;
constexpr std::size_t scenario_width = 16;
constexpr std::size_t width = 11;

std::string of_process(figures const& row, std::string const& figure) {
  return pad_left(row.has_process ? figure : "-", width);
}

boost::json::value of_process(figures const& found, double figure) {
  return found.has_process ? boost::json::value(figure) : nullptr;
}

}  // namespace

std::string to_table(std::vector<figures> const& rows) {
  auto table = pad_right("scenario", scenario_width);
  for (auto const* const name : {"operations", "per s", "CPU us/op", "p50 us", "p99 us", "p99.9 us",
                                 "worst us", "RSS MiB", "bytes/item"}) {
    table += pad_left(name, width);
  }
  for (auto const& row : rows) {
    table += '\n' + pad_right(row.scenario, scenario_width) +
             pad_left(std::to_string(row.operations), width) +
             pad_left(decimal(row.per_second, 0), width) +
             of_process(row, significant(row.cpu_us_per_operation, 4));
    for (auto const latency : {row.p50_us, row.p99_us, row.p999_us, row.worst_us}) {
      table += pad_left(decimal(latency, 1), width);
    }
    table += of_process(row, decimal(row.resident_bytes / mib, 1)) +
             of_process(row, decimal(row.bytes_per_item, 0));
  }
  return table + '\n';
}

boost::json::object to_object(figures const& found) {
  return {{"scenario", found.scenario},
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
}

std::string to_json(std::vector<figures> const& rows) {
  boost::json::array all;
  for (auto const& row : rows) {
    all.push_back(to_object(row));
  }
  return boost::json::serialize(all) + '\n';
}

}  // namespace bench
