// SPDX-License-Identifier: MIT
#include <nsqlookupd/cluster/producer_value.hpp>
#include <nsqlookupd/registry/names.hpp>

#include "json_record.hpp"
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

namespace nsqlookupd::cluster {
namespace {

namespace json = boost::json;
using registry::peer_info;

// In the order of the texts of a row.
constexpr std::array<std::pair<std::string_view, std::string peer_info::*>, 6> text_members{
    {{"remote_address", &peer_info::remote_address},
     {"hostname", &peer_info::hostname},
     {"broadcast_address", &peer_info::broadcast_address},
     {"version", &peer_info::version},
     {"topology_zone", &peer_info::topology_zone},
     {"topology_region", &peer_info::topology_region}}};

// All but the registrations and the tombstones; without the last brace.
std::string encode_peer(rows::producer_row const& row,
                        std::array<std::string_view, 8> const& texts) {
  json::object peer;
  for (std::size_t index = 0; index < text_members.size(); ++index) {
    peer[text_members[index].first] = texts[index];
  }
  peer["tcp_port"] = row.tcp_port;
  peer["http_port"] = row.http_port;
  peer["last_seen"] = rows::microseconds_of(row.last_seen);
  peer["silent"] = row.is_silent;
  auto text = json::serialize(peer);
  text.pop_back();
  return text;
}

// Sorted, so that they are looked up quickly. Nothing where one of them is no name.
std::optional<std::vector<std::string>> names_of(json::value const& all) {
  std::vector<std::string> names;
  for (auto const& each : all.as_array()) {
    if (!registry::is_valid_name(each.as_string())) {
      return std::nullopt;
    }
    names.emplace_back(each.as_string());
  }
  std::ranges::sort(names);
  return names;
}

// Throws what Boost.JSON does where a member is missing or of another type.
std::shared_ptr<producer_value> read(json::object const& from) {
  auto value = std::make_shared<producer_value>();
  auto& peer = value->producer.peer;
  for (auto const& [name, member] : text_members) {
    peer.*member = from.at(name).as_string();
  }
  peer.tcp_port = from.at("tcp_port").as_int64();
  peer.http_port = from.at("http_port").as_int64();
  value->producer.last_update = time_of(from.at("last_seen").as_int64());
  value->producer.is_silent = from.at("silent").as_bool();
  for (auto const& [topic, channels] : from.at("topics").as_object()) {
    auto names = names_of(channels);
    if (!names || !registry::is_valid_name(topic)) {
      return nullptr;
    }
    value->topics.emplace(topic, std::move(*names));
  }
  for (auto const& [topic, set_at] : from.at("tombstones").as_object()) {
    value->tombstones.emplace(topic, time_of(set_at.as_int64()));
  }
  bool const can_be_dialled =
      !peer.broadcast_address.empty() && peer.tcp_port != 0 && peer.http_port != 0;
  return can_be_dialled ? value : nullptr;
}

// The end of a beginning of `topics`, an object's members, that is not longer than `size` unless
// the first of them is.
std::size_t end_of_part(std::string_view topics, std::size_t size) {
  constexpr std::string_view between = "],";
  if (topics.size() <= size) {
    return topics.size();
  }
  auto end = topics.rfind(between, size);
  if (end == std::string_view::npos) {
    end = topics.find(between);
  }
  return end == std::string_view::npos ? topics.size() : end + 1;
}

}  // namespace

bool producer_value::has(std::string_view topic, std::string_view channel) const {
  auto const found = topics.find(topic);
  return found != topics.end() &&
         (channel.empty() || std::ranges::binary_search(found->second, channel));
}

std::vector<std::string> encode_producer(rows::batch const& from, rows::producer_row const& row,
                                         std::size_t max_size) {
  auto const texts = from.texts_of(row);
  auto const peer = encode_peer(row, texts);
  auto const tombstones = texts[7];
  // Without its braces.
  auto topics = texts[6].substr(1, texts[6].size() - 2);
  std::vector<std::string> values;
  do {
    auto const end = end_of_part(topics, max_size - std::min(max_size, peer.size()));
    auto& value = values.emplace_back(peer);
    value.append(R"(,"topics":{)").append(topics.substr(0, end));
    value.append(R"(},"tombstones":)").append(values.size() == 1 ? tombstones : "{}").append("}");
    topics.remove_prefix(std::min(end + 1, topics.size()));
  } while (!topics.empty());
  return values;
}

std::shared_ptr<producer_value> decode_producer(std::string_view text) {
  boost::system::error_code error;
  auto const value = json::parse(text, error);
  if (error || !value.is_object()) {
    return nullptr;
  }
  try {
    return read(value.get_object());
  } catch (std::exception const&) {
    return nullptr;
  }
}

}  // namespace nsqlookupd::cluster
