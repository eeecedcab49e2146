// SPDX-License-Identifier: MIT
#include "debug_listing.hpp"

#include <nsqlookupd/http_api/json_writer.hpp>

#include "dress.hpp"
#include "views.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

void append_entries(std::string& out, std::span<registry::registered_producer const> producers) {
  out.append("\":[");
  for (auto const& producer : producers) {
    json::append_comma(out);
    append_registered(out, producer);
  }
  out.push_back(']');
}

void append_key(std::string& out, std::string_view topic, std::string_view channel) {
  out.append(channel.empty() ? ",\"topic:" : ",\"channel:");
  out.append(topic).append(":").append(channel);
}

}  // namespace

void debug_listing::write_registrations(slice& turn) {
  std::size_t visited = 0;
  bool stopped_at_large = false;
  auto& channels = channels_.end();
  auto& topics = topics_.end();
  auto const write = [&](std::string_view topic, std::string_view channel,
                         std::span<registry::registered_producer const> producers) {
    visited += 1 + producers.size();
    stopped_at_large = producers.empty();
    if (!stopped_at_large) {
      auto& out = channel.empty() ? topics : channels;
      append_key(out, topic, channel);
      append_entries(out, producers);
    }
  };
  auto stopped_at = turn.db.list_registrations(after_, turn.budget, write);
  if (stopped_at) {
    after_ = std::move(*stopped_at);
    turn.budget = 0;
    stage_ = stopped_at_large ? stage::large_registration : stage::registrations;
  } else {
    turn.spend(visited);
    stage_ = stage::clients;
  }
}

void debug_listing::write_large_registration(slice& turn) {
  auto& out = after_.channel.empty() ? topics_.end() : channels_.end();
  auto const write = [&](registry::registered_producer const& producer) {
    if (!std::exchange(has_registered_, true)) {
      append_key(out, after_.topic, after_.channel);
      out.append("\":[");
    }
    json::append_comma(out);
    append_registered(out, producer);
  };
  after_registered_ = turn.db.list_registered(after_, after_registered_, turn.budget, write);
  turn.budget = 0;
  if (!after_registered_) {
    out.append(std::exchange(has_registered_, false) ? "]" : "");
    stage_ = stage::registrations;
  }
}

void debug_listing::write_clients(slice& turn) {
  auto& out = clients_.end();
  auto const write = [&out](registry::registered_producer const& producer) {
    out.append(out.empty() ? R"(,"client::":[)" : ",");
    append_registered(out, producer);
  };
  after_client_ = turn.db.list_clients(after_client_, turn.budget, write);
  if (!after_client_) {
    out.append(out.empty() ? "" : "]");
    stage_ = stage::done;
  }
}

bool debug_listing::write_some(registry::registration_db const& db, registry::time_point now,
                               std::size_t budget) {
  slice turn{db, now, budget};
  if (stage_ == stage::registrations) {
    write_registrations(turn);
  }
  if (stage_ == stage::large_registration && turn.budget > 0) {
    write_large_registration(turn);
  }
  if (stage_ == stage::clients && turn.budget > 0) {
    write_clients(turn);
  }
  return stage_ == stage::done;
}

reply debug_listing::finish() {
  auto result = v1_json(std::string{'{'});
  bool first = true;
  for (auto* const keys : {&channels_, &clients_, &topics_}) {
    if (keys->empty()) {
      continue;
    }
    if (std::exchange(first, false)) {
      keys->drop_first();
    }
    keys->move_to(result);
  }
  (result.more.empty() ? result.body : result.more.back()).push_back('}');
  return result;
}

}  // namespace nsqlookupd::http_api
