// SPDX-License-Identifier: MIT
#include "json_record.hpp"

#include <nsqlookupd/rows/batch.hpp>
#include <nsqlookupd/text/json.hpp>
#include <nsqlookupd/text/number.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <chrono>

namespace nsqlookupd::cluster {

json_record::json_record(std::string_view text) {
  boost::system::error_code error;
  auto value = boost::json::parse(text, error);
  if (!error && value.is_object()) {
    members_ = std::move(value.get_object());
  }
}

std::string json_record::text(std::string_view name) const {
  auto const* const found = members_.if_contains(name);
  return found != nullptr && found->is_string() ? std::string{found->get_string()} : std::string{};
}

std::int64_t json_record::number(std::string_view name) const {
  auto const* const found = members_.if_contains(name);
  return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

std::vector<std::string> json_record::texts(std::string_view name) const {
  std::vector<std::string> result;
  auto const* const found = members_.if_contains(name);
  if (found != nullptr && found->is_array()) {
    for (auto const& each : found->get_array()) {
      if (each.is_string()) {
        result.emplace_back(each.get_string());
      }
    }
  }
  return result;
}

registry::time_point json_record::time(std::string_view name) const {
  using unit = std::chrono::microseconds;
  auto const most =
      std::chrono::floor<unit>(registry::time_point::max().time_since_epoch()).count();
  return registry::time_point{unit{std::clamp<std::int64_t>(number(name), 0, most)}};
}

std::string encode_member(member_info const& self) {
  std::string out{'{'};
  auto const append_text = [&](std::string_view name, std::string_view value) {
    out.append("\"").append(name).append("\":");
    text::json::append_string(out, value);
    out.push_back(',');
  };
  append_text("version", self.version);
  append_text("tcp_address", self.tcp_address);
  append_text("http_address", self.http_address);
  out.append(R"("producers":)");
  text::append_number(out, self.producers);
  out.append(R"(,"started_at":)");
  text::append_number(out, rows::microseconds_of(self.started_at));
  out.append(R"(,"synced_at":)");
  text::append_number(out, rows::microseconds_of(self.synced_at));
  out.append(R"(,"former_lives":[)");
  for (auto const& life : self.former_lives) {
    text::json::append_comma(out);
    text::json::append_string(out, life);
  }
  out.append("]}");
  return out;
}

member_info decode_member(std::string_view node, std::string_view value) {
  json_record const from{value};
  return {
      .node_id = std::string{node},
      .version = from.text("version"),
      .tcp_address = from.text("tcp_address"),
      .http_address = from.text("http_address"),
      .producers = static_cast<std::uint64_t>(std::max<std::int64_t>(from.number("producers"), 0)),
      .started_at = from.time("started_at"),
      .synced_at = from.time("synced_at"),
      .former_lives = from.texts("former_lives")};
}

}  // namespace nsqlookupd::cluster
