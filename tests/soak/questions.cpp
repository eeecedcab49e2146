// SPDX-License-Identifier: MIT
#include "questions.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace nsqlookupd::soak {
namespace {

namespace json = boost::json;

// A client comes back with a new connection now and then.
constexpr std::uint64_t requests_per_connection = 100;

constexpr std::string_view topic_not_found = R"({"message":"TOPIC_NOT_FOUND"})";

std::string shown_around(std::string_view text, std::size_t at) {
  constexpr std::size_t before = 20;
  constexpr std::size_t length = 100;
  auto const begin = at - std::min(at, before);
  return '\'' + std::string{text.substr(begin, length)} + '\'';
}

std::set<std::string> producers_in(json::array const& entries) {
  std::set<std::string> producers;
  for (auto const& entry : entries) {
    std::string name{entry.at("broadcast_address").as_string()};
    producers.insert(entry.at("tombstoned").as_bool() ? name + '!' : name);
  }
  return producers;
}

std::string as_text(model::listing const& all) {
  std::string text;
  for (auto const& [key, producers] : all) {
    text += key + " =";
    for (auto const& name : producers) {
      text += ' ' + name;
    }
    text += "; ";
  }
  return text;
}

}  // namespace

void expect_equal(std::string_view description, std::string_view got, std::string_view expected) {
  if (got == expected) {
    return;
  }
  auto const differ = std::mismatch(got.begin(), got.end(), expected.begin(), expected.end());
  auto const at = static_cast<std::size_t>(differ.first - got.begin());
  throw wrong_answer{std::string{description} + ": from byte " + std::to_string(at) + " of " +
                     std::to_string(got.size()) + " on it differs: got " + shown_around(got, at) +
                     ", expected " + shown_around(expected, at)};
}

test_support::http_reply questions::ask(std::string_view method, std::string const& target) {
  if (count_++ % requests_per_connection == 0) {
    client_ = std::make_unique<test_support::http_client>(port_);
  }
  return method == "GET" ? client_->get(target) : client_->post(target);
}

void questions::expect(std::string_view method, std::string const& target, int status,
                       std::string_view body) {
  auto const reply = ask(method, target);
  auto const request = std::string{method} + ' ' + target;
  expect_equal(request + ", the status", std::to_string(reply.status()), std::to_string(status));
  expect_equal(request, reply.body, body);
}

void questions::check_topics() {
  expect("GET", "/topics", 200, model_.topics());
}

void questions::check_channels(std::string const& topic) {
  expect("GET", "/channels?topic=" + topic, 200, model_.channels(topic));
}

void questions::check_lookup(std::string const& topic) {
  if (model_.has_topic(topic)) {
    expect("GET", "/lookup?topic=" + topic, 200, model_.lookup(topic));
  } else {
    expect("GET", "/lookup?topic=" + topic, 404, topic_not_found);
  }
}

void questions::check_nodes() {
  expect("GET", "/nodes", 200, model_.nodes());
}

void questions::check_debug() {
  auto const body = json::parse(ask("GET", "/debug").body);
  model::listing listed;
  for (auto const& [key, entries] : body.as_object()) {
    listed[std::string{key}] = producers_in(entries.as_array());
  }
  expect_equal("GET /debug", as_text(listed), as_text(model_.debug()));
}

void questions::check_everything() {
  check_topics();
  check_nodes();
  check_debug();
  for (auto const& topic : model_.topic_names()) {
    // A # would begin a fragment in a client's URL.
    auto escaped = topic;
    if (auto const mark = escaped.find('#'); mark != std::string::npos) {
      escaped.replace(mark, 1, "%23");
    }
    expect("GET", "/channels?topic=" + escaped, 200, model_.channels(topic));
    expect("GET", "/lookup?topic=" + escaped, 200, model_.lookup(topic));
  }
}

}  // namespace nsqlookupd::soak
