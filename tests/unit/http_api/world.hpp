// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/admin/routes.hpp>
#include <nsqlookupd/http/head.hpp>
#include <nsqlookupd/http/reply.hpp>
#include <nsqlookupd/http_api/routes.hpp>
#include <nsqlookupd/registry/registration_db.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {

/// A request, its target as text, and the client that asks.
struct asking {
  std::string_view method;
  std::string_view target;
  std::string_view body = {};
  std::uint16_t https_port = 0;
  auth::right granted = auth::right::write;
  bool is_known = true;
  std::string_view client = "10.0.0.9";
  std::string_view if_none_match = {};
  std::string_view accept = {};
  std::string_view last_event_id = {};
  bool waits_no_more = false;
};

/// Values of Content-Type.
namespace content_type {
inline constexpr std::string_view none;
inline constexpr std::string_view json = "application/json; charset=utf-8";
inline constexpr std::string_view text = "text/plain; charset=utf-8";
inline constexpr std::string_view html = "text/html; charset=utf-8";
inline constexpr std::string_view metrics = "text/plain; version=0.0.4; charset=utf-8";
inline constexpr std::string_view events = "text/event-stream";
inline constexpr std::string_view binary = "application/octet-stream";
}  // namespace content_type

/// A reply, taken apart.
struct answered {
  unsigned status;
  /// As a HTTP/1.1 client gets it.
  std::string head;
  std::string body;
  bool logged;
  bool close;
  /// The label of the route that answered.
  std::string_view route;
  // Header fields; empty when they are absent.
  std::string content = field("Content-Type");
  std::string allow = field("Allow");
  std::string location = field("Location");
  bool nsq_content_type = field("X-Nsq-Content-Type") == "nsq; version=1.0";
  bool no_sniff = field("X-Content-Type-Options") == "nosniff";

  /// The value of a header field; empty when it is absent.
  [[nodiscard]] std::string field(std::string_view name) const;
};

/// The parts of a reply without a stream. `route`: the label of the one that answered.
[[nodiscard]] answered take_apart(http::reply const& reply, std::string_view route);

/// A registration_db, the time, and a client that asks.
struct world {
  explicit world(registry::lifetimes how_long = {}, registry::limits how_many = {},
                 registry::history since = {})
      : db{how_long, how_many, since} {}
  world(world&&) = delete;
  world& operator=(world&&) = delete;

  /// The reply as handlers give it. A target that is none gets what the session answers then.
  http::reply respond(asking const& request);
  /// The same as it is sent: one that waits has waited, its body may be shared, and one that is a
  /// stream is written to its end, `budget` items at a time. Events are left in their stream.
  http::reply whole_reply(asking const& request, std::size_t budget = 1000);
  answered ask(asking const& request, std::size_t budget = 1000);
  answered ask(std::string_view method, std::string_view target, std::size_t budget = 1000) {
    return ask({method, target, body}, budget);
  }
  /// A GET whose answer is not written yet; null when it is.
  std::unique_ptr<http::body_stream> begin(std::string_view target) {
    return respond({"GET", target}).body.stream;
  }
  answered get(std::string_view target) { return ask("GET", target); }
  answered post(std::string_view target) { return ask("POST", target); }

  /// The bytes that an HTTP/1.1 client gets.
  std::string bytes(std::string_view method, std::string_view target);

  /// Connects a producer whose remote address is `10.0.0.1:` and its broadcast address's size plus
  /// its http port, so that it is known beforehand.
  registry::producer_id add(std::string_view broadcast_address, std::int64_t http_port = 4151);
  /// The same, and registers it.
  registry::producer_id add_to(std::string_view topic, std::string_view broadcast_address,
                               std::int64_t http_port = 4151);

  registry::registration_db db;
  /// The time of the requests.
  std::string_view body;
  registry::time_point now{std::chrono::seconds{1'795'411'881}};
  answer_cache cache;
  admin::cluster_report cluster{
      .json = R"({"name":"","node_id":"","synced":true,"last_sync":"","failure":"","members":[]})"};
  admin::server_info server{.version = "2.0.0",
                            .built_with = "gcc-12.2.0",
                            .metrics =
                                [](registry::totals const& all) {
                                  return "producers " + std::to_string(all.producers) + '\n';
                                },
                            .cluster = [this] { return cluster; }};
  route_table routes{nsq_routes(server.version, cache), admin::routes(server)};
};

/// The table of all routes.
[[nodiscard]] std::span<route const> all_routes();

[[nodiscard]] bool reads_body(asking const& request);

/// Writes `rest` to its end.
http::body finish(http::body_stream& rest, std::size_t budget);

/// The text of a body that is no stream.
[[nodiscard]] std::string text_of(http::body const& from);

/// How a producer of world::add() looks in `/lookup`.
std::string producer_json(std::string_view broadcast_address, std::int64_t http_port = 4151);

}  // namespace nsqlookupd::http_api
