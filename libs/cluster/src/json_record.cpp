// SPDX-License-Identifier: MIT
#include "json_record.hpp"

#include <nsqlookupd/rows/batch.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::cluster {

namespace json = boost::json;

registry::time_point time_of(std::int64_t microseconds) {
  auto const most = rows::microseconds_of(registry::time_point::max());
  return registry::time_point{
      std::chrono::microseconds{std::clamp<std::int64_t>(microseconds, 0, most)}};
}

json_record::json_record(std::string_view text) {
  boost::system::error_code error;
  auto value = json::parse(text, error);
  if (!error && value.is_object()) {
    members_ = std::move(value.get_object());
  }
}

std::string encode_member(member_info const& self) {
  return json::serialize(json::object{{"version", self.version},
                                      {"tcp_address", self.tcp_address},
                                      {"http_address", self.http_address},
                                      {"producers", self.producers},
                                      {"started_at", rows::microseconds_of(self.started_at)},
                                      {"synced_at", rows::microseconds_of(self.synced_at)},
                                      {"former_lives", json::value_from(self.former_lives)}});
}

member_info decode_member(std::string_view node, std::string_view value) {
  json_record const from{value};
  return {.node_id = std::string{node},
          .version = from.get<std::string>("version"),
          .tcp_address = from.get<std::string>("tcp_address"),
          .http_address = from.get<std::string>("http_address"),
          .producers = from.get<std::uint64_t>("producers"),
          .started_at = time_of(from.get<std::int64_t>("started_at")),
          .synced_at = time_of(from.get<std::int64_t>("synced_at")),
          .former_lives = from.get<std::vector<std::string>>("former_lives")};
}

}  // namespace nsqlookupd::cluster
