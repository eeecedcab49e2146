// SPDX-License-Identifier: MIT
#include "stored_server.hpp"

#include "eventually.hpp"
#include "sqlite.hpp"
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace nsqlookupd::e2e {
namespace {

namespace json = boost::json;
using test_support::eventually;
using strings = std::vector<std::string>;

std::string text_in(json::object const& from, std::string_view name) {
  return std::string{from.at(name).as_string()};
}

bool has_row(store::connection& opened, std::string const& sql) {
  return store::statement{opened, sql}.step();
}

// Beside the server, which goes on writing, or makes the file first.
bool has_topic_in(std::string const& file, std::string const& name) {
  if (!std::filesystem::exists(file)) {
    return false;
  }
  store::connection looking{file};
  return has_row(looking, "select 1 from sqlite_schema where name = 'topics'") &&
         has_row(looking, "select 1 from topics where topic = '" + name + "'");
}

}  // namespace

strings members_of(std::string_view body, std::string_view list, std::string_view member) {
  strings found;
  auto const answer = json::parse(body).as_object();
  if (auto const* const all = answer.if_contains(list)) {
    for (auto const& each : all->as_array()) {
      found.push_back(text_in(each.as_object(), member));
    }
  }
  return sorted(std::move(found));
}

stored_server::stored_server(strings const& flags) {
  start(flags);
}

void stored_server::start(strings const& flags) {
  start_as({.flags = flags});
}

void stored_server::start_as(server_start how) {
  // The last one of a flag counts.
  how.flags.insert(how.flags.begin(),
                   {"-data-path=" + path(), "-store-interval=20ms", "-restore-grace=1h"});
  running_.reset();
  running_.emplace(std::move(how));
}

void stored_server::kill() {
  running_->process().send(SIGKILL);
  static_cast<void>(running_->process().wait());
}

void stored_server::restart(strings const& flags) {
  kill();
  start(flags);
}

void stored_server::settle() {
  auto const last = "settled" + std::to_string(++settled_);
  static_cast<void>(http_client().post("/topic/create?topic=" + last));
  if (!eventually([&] { return has_topic_in(file(), last); })) {
    throw std::runtime_error{"the server does not store its state"};
  }
}

strings stored_server::producers_of(std::string_view topic, std::string_view member) const {
  auto const answer = http_client().get("/lookup?topic=" + std::string{topic});
  return members_of(answer.body, "producers", member);
}

strings stored_server::listed(std::string_view target, std::string_view name) const {
  strings found;
  auto const answer = json::parse(http_client().get(target).body);
  for (auto const& each : answer.as_object().at(name).as_array()) {
    found.emplace_back(each.as_string());
  }
  return found;
}

strings stored_server::changes_by(std::string_view cause) const {
  strings found;
  auto const answer = json::parse(http_client().get("/events?limit=10000").body);
  for (auto const& each : answer.as_object().at("events").as_array()) {
    auto const& event = each.as_object();
    if (text_in(event, "cause") == cause) {
      found.push_back(text_in(event, "kind") + ' ' + text_in(event, "topic") + '/' +
                      text_in(event, "channel"));
    }
  }
  return found;
}

void stored_server::change_file(std::string const& sql) const {
  store::connection{file()}.execute(sql.c_str());
}

}  // namespace nsqlookupd::e2e
