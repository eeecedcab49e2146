// SPDX-License-Identifier: MIT
#include "topic_states.hpp"

#include <nsqlookupd/text/number.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace nsqlookupd {
namespace {

namespace json = boost::json;

// A terminal obeys some bytes, and shells split at spaces.
std::string printable(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string shown;
  for (char const each : text) {
    auto const byte = static_cast<unsigned char>(each);
    if (byte > ' ' && byte < 0x7f && each != '\\') {
      shown.push_back(each);
    } else {
      shown.append("\\x").push_back(digits[byte / 16U]);
      shown.push_back(digits[byte % 16U]);
    }
  }
  return shown;
}

std::string address_of(json::object const& producer) {
  std::string const host{producer.at("broadcast_address").as_string()};
  auto address = host.find(':') == host.npos || host.starts_with('[') ? host : '[' + host + ']';
  address.push_back(':');
  text::append_number(address, producer.at("tcp_port").to_number<std::int64_t>());
  return printable(address);
}

void append_lines(std::vector<std::string>& lines, std::string_view beginning,
                  std::set<std::string> const& of, std::set<std::string> const& but) {
  for (auto const& producer : of) {
    if (!but.contains(producer)) {
      lines.push_back(std::string{beginning} + producer);
    }
  }
}

}  // namespace

std::optional<topic_change> topic_states::take(stream_event const& event) try {
  if (event.name == "reset") {
    topics_.clear();
  }
  bool const is_found = event.name == "lookup";
  if (!is_found && event.name != "not_found") {
    return std::nullopt;
  }
  auto const parsed = json::parse(event.data);
  auto const& body = parsed.as_object();
  state fresh{.is_found = is_found, .producers = {}};
  if (is_found) {
    for (auto const& producer : body.at("producers").as_array()) {
      fresh.producers.insert(address_of(producer.as_object()));
    }
  }
  topic_change change;
  change.topic =
      single_.empty() ? printable(std::string{body.at("topic").as_string()}) : printable(single_);
  change.event = event.name;
  change.producers.assign(fresh.producers.begin(), fresh.producers.end());

  auto const [position, is_first] = topics_.try_emplace(change.topic);
  auto& known = position->second;
  if (!is_first && known == fresh) {
    return std::nullopt;
  }
  append_lines(change.lines, change.topic + " -", known.producers, fresh.producers);
  append_lines(change.lines, change.topic + (is_first ? " =" : " +"), fresh.producers,
               known.producers);
  if (fresh.producers.empty()) {
    change.lines.push_back(change.topic + (is_found ? " empty" : " not_found"));
  }
  known = std::move(fresh);
  return change;
} catch (std::exception const&) {
  throw std::runtime_error{"it sends an event that is none of /watch"};
}

}  // namespace nsqlookupd
