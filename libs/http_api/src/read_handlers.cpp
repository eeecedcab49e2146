// SPDX-License-Identifier: MIT
#include "read_handlers.hpp"

#include <nsqlookupd/http_api/json_writer.hpp>
#include <nsqlookupd/registry/names.hpp>

#include "debug_listing.hpp"
#include "kept_listing.hpp"
#include "lists.hpp"
#include "object_of_lists.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

// What fits into one slice is answered at once. So many entries take about 50 µs.
constexpr std::size_t first_slice = 1024;

template <class Listing>
outcome begin(Listing listing, call const& what) {
  if (listing.write_some(what.db, what.now, first_slice)) {
    auto written = listing.finish();
    return {.body = std::move(written.body),
            .shared_body = std::move(written.shared_body),
            .more = std::move(written.more),
            .content = content_type::json};
  }
  return {.rest = std::make_unique<Listing>(std::move(listing))};
}

outcome shared(shared_text text) {
  return {.shared_body = std::move(text), .content = content_type::json};
}

outcome lookup_topic(std::string_view topic, call const& what) {
  auto& kept = what.kept.lookups;
  auto const version = what.db.lookups_version();
  if (auto text = kept.find(topic, version, what.now)) {
    return shared(std::move(text));
  }
  auto const size = what.db.size_of(topic);
  if (!size) {
    return refused(404, "TOPIC_NOT_FOUND");
  }
  object_of_lists listing{channel_list{std::string{topic}},
                          lookup_list{std::string{topic}, size->producers}};
  if (!kept.is_worth_keeping() || !listing.write_some(what.db, what.now, first_slice)) {
    return begin(std::move(listing), what);
  }
  validity const holds{version, what.now, listing.list<1>().good_until()};
  return shared(kept.keep(topic, listing.text().take_whole(), holds));
}

outcome lookup_any_topic(call const& what) {
  if (!what.db.has_topic(registry::any_topic)) {
    return refused(404, "TOPIC_NOT_FOUND");
  }
  return begin(object_of_lists{all_channels_list{}, all_lookups_list{}}, what);
}

}  // namespace

outcome ping(call const&) {
  return {.body = "OK", .content = content_type::text};
}

outcome info(call const& what) {
  std::string body = R"({"version":)";
  json::append_string(body, what.server.version);
  body.push_back('}');
  return {.body = std::move(body), .content = content_type::json};
}

outcome lookup(call const& what) {
  auto topic = what.arguments.get("topic");
  if (!topic) {
    return refused(400, "MISSING_ARG_TOPIC");
  }
  if (*topic == registry::any_topic) {
    return lookup_any_topic(what);
  }
  return lookup_topic(*topic, what);
}

outcome topics(call const& what) {
  auto& kept = what.kept.topics;
  if (auto text = kept.find(topic_list::version_of(what.db), what.now)) {
    return shared(std::move(text));
  }
  return begin(kept_listing{kept, topic_list{}}, what);
}

outcome channels(call const& what) {
  auto topic = what.arguments.get("topic");
  if (!topic) {
    return refused(400, "MISSING_ARG_TOPIC");
  }
  if (*topic == registry::any_topic) {
    return begin(object_of_lists{all_channels_list{}}, what);
  }
  return begin(object_of_lists{channel_list{std::move(*topic)}}, what);
}

outcome nodes(call const& what) {
  auto& kept = what.kept.nodes;
  if (auto text = kept.find(node_list::version_of(what.db), what.now)) {
    return shared(std::move(text));
  }
  return begin(kept_listing{kept, node_list{kept.last()}}, what);
}

outcome debug(call const& what) {
  return begin(debug_listing{}, what);
}

}  // namespace nsqlookupd::http_api
