// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/answer.hpp>
#include <nsqlookupd/http_api/append_head.hpp>
#include <nsqlookupd/http_api/reply.hpp>
#include <nsqlookupd/http_api/respond.hpp>
#include <nsqlookupd/registry/registration_db.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {

/// A registration_db, what time it is, and somebody who asks.
struct world {
  explicit world(registry::lifetimes how_long = {}, registry::limits how_many = {})
      : db{how_long, how_many} {}

  /// The answer as a reply, its body in `body`; a long one is written to its end, `budget` items at
  /// a time.
  reply ask(std::string_view method, std::string_view target, std::size_t budget = 1000);
  /// The same as it is sent: its body may be shared.
  reply ask_for_shared(std::string_view method, std::string_view target, std::size_t budget = 1000);
  /// A GET that gets a long answer, which is not written yet.
  std::unique_ptr<long_answer> begin(std::string_view target);
  reply get(std::string_view target) { return ask("GET", target); }
  reply post(std::string_view target) { return ask("POST", target); }

  /// What a HTTP/1.1 client gets to read.
  std::string bytes(std::string_view method, std::string_view target);

  /// Connects a producer whose remote address is `10.0.0.1:` and its broadcast address's size plus
  /// its http port, so that it is known beforehand.
  registry::producer_id add(std::string_view broadcast_address, std::int64_t http_port = 4151);
  /// The same, and registers it.
  registry::producer_id add_to(std::string_view topic, std::string_view broadcast_address,
                               std::int64_t http_port = 4151);

  registry::registration_db db;
  /// Of the requests.
  std::string_view body;
  registry::time_point now{std::chrono::seconds{1'795'411'881}};
  kept_answers kept;
  server_info server{
      .version = "2.0.0", .built_with = "g++ 12.2.0", .metrics = [](registry::totals const& all) {
        return "producers " + std::to_string(all.producers) + '\n';
      }};
};

/// Writes `rest` to its end.
reply finish(long_answer& rest, registry::registration_db const& db, registry::time_point now,
             std::size_t budget);

/// How a producer of world::add() looks in `/lookup`.
std::string producer_json(std::string_view broadcast_address, std::int64_t http_port = 4151);

}  // namespace nsqlookupd::http_api
