// SPDX-License-Identifier: MIT
#include "world.hpp"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

registry::peer_info peer_of(std::string_view broadcast_address, std::int64_t http_port) {
  auto const port = http_port + static_cast<std::int64_t>(broadcast_address.size());
  return {.remote_address = "10.0.0.1:" + std::to_string(port),
          .hostname = "host",
          .broadcast_address = std::string{broadcast_address},
          .tcp_port = 4150,
          .http_port = http_port,
          .version = "1.3.0",
          .topology_zone = "zone",
          .topology_region = "region"};
}

constexpr std::string_view date = "Mon, 23 Nov 2026 05:31:17 GMT";

}  // namespace

std::string answered::field(std::string_view name) const {
  auto const line = "\r\n" + std::string{name} + ": ";
  auto const at = head.find(line);
  if (at == std::string::npos) {
    return {};
  }
  auto const begin = at + line.size();
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

std::string text_of(http::body const& from) {
  std::string whole{from.first()};
  for (auto const& piece : from.more) {
    whole += piece;
  }
  return whole;
}

http::body finish(http::body_stream& rest, std::size_t budget) {
  for (int turn = 0; turn < 1'000'000; ++turn) {
    if (rest.write_some(budget)) {
      return rest.finish();
    }
  }
  throw std::runtime_error{"the answer never ends"};
}

answered take_apart(http::reply const& reply, std::string_view route) {
  std::string head;
  http::append_head(reply, {}, date, head);
  return {reply.status, head, text_of(reply.body), reply.logged, reply.close, route};
}

http::reply world::respond(asking const& request) {
  auto const target = http::target::parse(request.target);
  if (!target) {
    return http::protocol_error(400);
  }
  return http_api::respond(routes, routes.find(target->path()),
                           {.method = request.method,
                            .target = *target,
                            .body = request.body,
                            .https_port = request.https_port,
                            .granted = request.granted,
                            .is_known = request.is_known,
                            .client = request.client,
                            .if_none_match = request.if_none_match,
                            .accept = request.accept,
                            .last_event_id = request.last_event_id,
                            .waits_no_more = request.waits_no_more},
                           db, now);
}

http::reply world::whole_reply(asking const& request, std::size_t budget) {
  auto reply = respond(request);
  if (reply.wait) {
    auto patient = request;
    patient.waits_no_more = true;
    reply = respond(patient);
  }
  if (auto const stream = std::move(reply.body.stream)) {
    reply.body = finish(*stream, budget);
  }
  return reply;
}

answered world::ask(asking const& request, std::size_t budget) {
  auto const reply = whole_reply(request, budget);
  auto const target = http::target::parse(request.target);
  auto const* const found = target ? routes.find(target->path()) : nullptr;
  return take_apart(reply, routes.labels()[routes.label_of(found)]);
}

std::string world::bytes(std::string_view method, std::string_view target) {
  auto const answer = ask(method, target);
  return answer.head + answer.body;
}

std::span<route const> all_routes() {
  static world here;
  return here.routes.all();
}

bool reads_body(asking const& request) {
  static world here;
  auto const target = http::target::parse(request.target);
  return target && reads_body(here.routes.find(target->path()),
                              {request.method, *target, request.body, request.https_port,
                               request.granted, request.is_known});
}

registry::producer_id world::add(std::string_view broadcast_address, std::int64_t http_port) {
  return db.add_producer(peer_of(broadcast_address, http_port), now);
}

registry::producer_id world::add_to(std::string_view topic, std::string_view broadcast_address,
                                    std::int64_t http_port) {
  auto const id = add(broadcast_address, http_port);
  db.register_producer(id, topic, {});
  return id;
}

std::string producer_json(std::string_view broadcast_address, std::int64_t http_port) {
  auto const peer = peer_of(broadcast_address, http_port);
  return R"({"remote_address":")" + peer.remote_address +
         R"(","hostname":"host","broadcast_address":")" + peer.broadcast_address +
         R"(","tcp_port":4150,"http_port":)" + std::to_string(http_port) +
         R"(,"version":"1.3.0","topology_zone":"zone","topology_region":"region"})";
}

}  // namespace nsqlookupd::http_api
