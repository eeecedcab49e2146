// SPDX-License-Identifier: MIT
#include "comparison_text.hpp"
#include "figures_json.hpp"
#include "text.hpp"
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace bench {
namespace {

namespace json = boost::json;

json::object of_server(comparison const& settings, experiment_result const& result,
                       std::size_t server) {
  json::array rounds;
  for (auto const& round : result.rounds[server]) {
    rounds.push_back(to_object(round));
  }
  json::object described{{"server", settings.servers[server].name}, {"rounds", std::move(rounds)}};
  if (auto const medians = medians_of(result, server)) {
    described["medians"] = to_object(*medians);
  }
  return described;
}

json::object of_row(comparison const& settings, experiment_result const& result, row const& each) {
  json::array figures;
  for (std::size_t server = 0; server < settings.servers.size(); ++server) {
    json::object figure{{"server", settings.servers[server].name}};
    if (auto const medians = medians_of(result, server)) {
      figure["figure"] = each.value(*medians);
    }
    if (auto const ratio = ratio_to(result, each, server)) {
      figure["first_to_this"] = *ratio;
    }
    figures.push_back(std::move(figure));
  }
  return {{"row", each.name}, {"unit", each.unit}, {"figures", std::move(figures)}};
}

json::array servers_of(comparison const& settings) {
  json::array servers;
  for (auto const& server : settings.servers) {
    servers.push_back(
        json::object{{"name", server.name},
                     {"binary", server.binary},
                     {"flags", json::array(server.flags.begin(), server.flags.end())}});
  }
  return servers;
}

}  // namespace

std::string to_json(comparison const& settings, std::vector<experiment_result> const& results) {
  json::array experiments;
  for (auto const& result : results) {
    json::array rows;
    for (auto const& each : result.rows) {
      rows.push_back(of_row(settings, result, each));
    }
    json::array servers;
    for (std::size_t server = 0; server < settings.servers.size(); ++server) {
      servers.push_back(of_server(settings, result, server));
    }
    experiments.push_back(json::object{{"rows", std::move(rows)}, {"servers", std::move(servers)}});
  }
  return json::serialize(json::object{{"machine", machine()},
                                      {"servers", servers_of(settings)},
                                      {"experiments", std::move(experiments)}}) +
         '\n';
}

}  // namespace bench
