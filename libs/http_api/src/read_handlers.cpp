// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/names.hpp>
#include <nsqlookupd/text/json.hpp>

#include "handlers.hpp"
#include "listing_body.hpp"
#include "listings.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

/// The last answer, if it is still right. `changed`: the revision at which what it shows
/// last changed.
http::reply answer(registration_db const& db, time_point now, answer_cache& cache,
                   std::string const& asked, std::uint64_t changed,
                   std::initializer_list<listing> parts) {
  if (auto last = cache.find(asked);
      last != nullptr && last->is_right(changed, last->good_until, now)) {
    auto const* const text = &last->text;
    return json_reply(http::shared_text{std::move(last), text});
  }
  return begin({db, now, &cache, asked, parts});
}

}  // namespace

http::reply ping(request const&, registration_db&, time_point) {
  return {.body = "OK"};
}

http::reply info(std::string_view version) {
  std::string body = R"({"version":)";
  text::json::append_string(body, version);
  body.push_back('}');
  return json_reply(std::move(body));
}

http::reply lookup(request const& asked, registration_db& db, time_point now, answer_cache& cache) {
  auto const topic = asked.target.arguments().get("topic");
  if (!topic) {
    return error_reply(400, "MISSING_ARG_TOPIC");
  }
  if (*topic == registry::any_topic && db.count_all().topics != 0) {
    return begin({db,
                  now,
                  nullptr,
                  *topic,
                  {{"channels", write_all_channels}, {"producers", write_all_lookups}}});
  }
  auto const changed = db.lookup_changed(*topic);
  if (!changed) {
    return error_reply(404, "TOPIC_NOT_FOUND");
  }
  return answer(db, now, cache, *topic, *changed,
                {{"channels", write_channels}, {"producers", write_lookup}});
}

http::reply topics(request const&, registration_db& db, time_point now, answer_cache& cache) {
  return answer(db, now, cache, "/topics", db.topics_changed(), {{"topics", write_topics}});
}

http::reply channels(request const& asked, registration_db& db, time_point now) {
  auto topic = asked.target.arguments().get("topic");
  if (!topic) {
    return error_reply(400, "MISSING_ARG_TOPIC");
  }
  auto* const write = *topic == registry::any_topic ? write_all_channels : write_channels;
  return begin({db, now, nullptr, *std::move(topic), {{"channels", write}}});
}

http::reply nodes(request const&, registration_db& db, time_point now, answer_cache& cache) {
  return answer(db, now, cache, "/nodes", db.nodes_changed(), {{"producers", write_nodes}});
}

// Channels come first, then `client::`, then topics, as Go sorts its keys.
http::reply debug(request const&, registration_db& db, time_point now) {
  if (db.count_all().producers == 0) {
    return json_reply("{}");
  }
  return begin(
      {db,
       now,
       nullptr,
       {},
       {{"", write_debug_channels}, {"client::", write_clients}, {"", write_debug_topics}}});
}

}  // namespace nsqlookupd::http_api
