// SPDX-License-Identifier: MIT
#include "world.hpp"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>
#include <variant>

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

reply with_own_body(reply from) {
  if (from.shared_body != nullptr) {
    from.body = *std::exchange(from.shared_body, nullptr);
  }
  for (auto const& piece : from.more) {
    from.body += piece;
  }
  from.more.clear();
  return from;
}

}  // namespace

reply finish(long_answer& rest, registry::registration_db const& db, registry::time_point now,
             std::size_t budget) {
  for (int turn = 0; turn < 1'000'000; ++turn) {
    if (rest.write_some(db, now, budget)) {
      return rest.finish();
    }
  }
  throw std::runtime_error{"the answer never ends"};
}

reply world::ask(std::string_view method, std::string_view target, std::size_t budget) {
  return with_own_body(ask_for_shared(method, target, budget));
}

reply world::ask_for_shared(std::string_view method, std::string_view target, std::size_t budget) {
  auto result = respond({method, target, body}, db, now, server, kept);
  if (auto* const whole = std::get_if<reply>(&result)) {
    return std::move(*whole);
  }
  return finish(*std::get<std::unique_ptr<long_answer>>(result), db, now, budget);
}

std::unique_ptr<long_answer> world::begin(std::string_view target) {
  return std::get<std::unique_ptr<long_answer>>(respond({"GET", target}, db, now, server, kept));
}

std::string world::bytes(std::string_view method, std::string_view target) {
  auto const what = ask(method, target);
  std::string out;
  append_head(what, http_version::http_1_1, connection_header::none,
              "Mon, 23 Nov 2026 05:31:17 GMT", out);
  return out + what.body;
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
