// SPDX-License-Identifier: MIT
//
// The body of an IDENTIFY, and its peer info in the answers over HTTP.
#include <nsqlookupd/protocol/identify.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include "target.hpp"
#include "world.hpp"
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <string_view>

namespace {

using namespace nsqlookupd;
using namespace nsqlookupd::fuzz;
using registry::peer_info;

namespace json = boost::json;

json::object to_json(peer_info const& peer) {
  return {{"hostname", peer.hostname},
          {"broadcast_address", peer.broadcast_address},
          {"tcp_port", peer.tcp_port},
          {"http_port", peer.http_port},
          {"version", peer.version},
          {"topology_zone", peer.topology_zone},
          {"topology_region", peer.topology_region}};
}

// Boost.JSON's own reader takes no broken UTF-8, so this proves that there is none.
void require_same_again(peer_info const& peer) {
  auto const said = to_json(peer);
  auto const text = json::serialize(said);
  require_json(text);
  auto const again = protocol::parse_identify(text);
  require(again.decode_error.empty(), "a decoded body can be written and decoded again", text);
  require(to_json(again.peer) == said, "and means the same", text);
}

void require_shown_as_said(peer_info const& peer) {
  http_api::world here;
  auto const id = here.db.add_producer(peer, here.now);
  here.db.register_producer(id, "t", "c");
  for (auto const* const target : {"/lookup?topic=t", "/nodes"}) {
    auto const body = here.get(target).body;
    require_json(body);
    auto const listed = json::parse(body).at("producers").at(0).as_object();
    for (auto const& [key, value] : to_json(peer)) {
      require(listed.at(key) == value, "the answers show the peer info", body);
    }
  }
  require_json(here.get("/debug").body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const body = as_text(data, size);
  auto const said = protocol::parse_identify(body);
  if (!said.decode_error.empty()) {
    require_one_log_line(said.decode_error);
    return 0;
  }
  require(said.peer.remote_address.empty(), "a client does not say where it comes from");
  require_same_again(said.peer);
  if (protocol::is_complete(said.peer)) {
    require_shown_as_said(said.peer);
  }
  return 0;
}
