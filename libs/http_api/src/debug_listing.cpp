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
  out.append("],");
}

}  // namespace

void debug_listing::write_registrations(slice& turn) {
  std::size_t visited = 0;
  auto const write = [&, this](std::string_view topic, std::string_view channel,
                               std::span<registry::registered_producer const> producers) {
    visited += 1 + producers.size();
    auto& out = channel.empty() ? topics_ : channels_;
    out.append(channel.empty() ? "\"topic:" : "\"channel:");
    out.append(topic).append(":").append(channel);
    append_entries(out, producers);
  };
  auto stopped_at = turn.db.list_registrations(after_, turn.budget, write);
  if (stopped_at) {
    after_ = std::move(*stopped_at);
    turn.budget = 0;
  } else {
    turn.spend(visited);
    stage_ = stage::clients;
  }
}

void debug_listing::write_clients(slice& turn) {
  auto const write = [this](registry::registered_producer const& producer) {
    clients_.append(clients_.empty() ? R"("client::":[)" : ",");
    append_registered(clients_, producer);
  };
  after_client_ = turn.db.list_clients(after_client_, turn.budget, write);
  if (!after_client_) {
    stage_ = stage::done;
  }
}

bool debug_listing::write_some(registry::registration_db const& db, registry::time_point now,
                               std::size_t budget) {
  slice turn{db, now, budget};
  if (stage_ == stage::registrations) {
    write_registrations(turn);
  }
  if (stage_ == stage::clients && turn.budget > 0) {
    write_clients(turn);
  }
  return stage_ == stage::done;
}

reply debug_listing::finish() {
  auto body = std::move(channels_);
  body.reserve(body.size() + clients_.size() + topics_.size() + 3);
  if (!clients_.empty()) {
    body.append(clients_).append("],");
  }
  body.append(topics_);
  if (body.ends_with(',')) {
    body.pop_back();
  }
  body.push_back('}');
  return v1_json(std::move(body));
}

}  // namespace nsqlookupd::http_api
