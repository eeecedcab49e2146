// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/watchers.hpp>
#include <nsqlookupd/registry/names.hpp>
#include <nsqlookupd/text/json.hpp>

#include "handlers.hpp"
#include "listings.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::http_api {
namespace {

/// The last answer, if it is still right; else `write()`. `key`: its own in the cache. `changed`:
/// its index.
template <class Write>
http::reply cached(answer_cache& cache, std::string const& key, std::uint64_t changed,
                   Write const& write) {
  auto same = cache.find_text(key, changed);
  return with_index(same == nullptr ? write() : json_reply(std::move(same)), changed);
}

listing_form form_of(std::string asked, std::vector<listing> parts, bool is_cached = true) {
  auto key = is_cached ? asked : std::string{};
  return {.asked = std::move(asked), .parts = std::move(parts), .key = std::move(key)};
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

http::reply lookup(request const& asked, registration_db& db, time_point, answer_cache& cache) {
  auto const topic = asked.target.arguments().get("topic");
  if (!topic) {
    return error_reply(400, "MISSING_ARG_TOPIC");
  }
  bool const is_any = *topic == registry::any_topic;
  auto const changed = is_any ? db.all_lookups_changed() : db.lookup_changed(*topic);
  if (auto before = before_answer(asked, db, changed, *topic)) {
    return *std::move(before);
  }
  auto const write = [&] {
    if (is_any && db.count_all().topics != 0) {
      return begin(
          {db, cache,
           form_of(*topic, {{"channels", write_all_channels}, {"producers", write_all_lookups}},
                   false)});
    }
    if (!db.has_topic(*topic)) {
      return error_reply(404, "TOPIC_NOT_FOUND");
    }
    return begin(
        {db, cache, form_of(*topic, {{"channels", write_channels}, {"producers", write_lookup}})});
  };
  return cached(cache, *topic, changed, write);
}

http::reply topics(request const& asked, registration_db& db, time_point, answer_cache& cache) {
  auto const arguments = asked.target.arguments();
  bool const with_empty = arguments.is_well_formed() && arguments.get("empty") == "true";
  auto const changed = with_empty ? db.empty_topics_changed() : db.topics_changed();
  if (auto before = before_answer(asked, db, changed, change_key::topics)) {
    return *std::move(before);
  }
  std::string const key = with_empty ? "/topics?empty=true" : "/topics";
  auto const write = [&] {
    std::vector<listing> parts{{"topics", write_topics}};
    if (with_empty) {
      parts.push_back({"empty", write_empty_topics});
    }
    return begin({db, cache, form_of(key, std::move(parts))});
  };
  return cached(cache, key, changed, write);
}

http::reply channels(request const& asked, registration_db& db, time_point, answer_cache& cache) {
  auto topic = asked.target.arguments().get("topic");
  if (!topic) {
    return error_reply(400, "MISSING_ARG_TOPIC");
  }
  bool const is_any = *topic == registry::any_topic;
  auto const changed = is_any ? db.all_channels_changed() : db.channels_changed(*topic);
  if (auto before = before_answer(asked, db, changed, *topic)) {
    return *std::move(before);
  }
  auto* const write = is_any ? write_all_channels : write_channels;
  auto form = form_of(*std::move(topic), {{"channels", write}}, false);
  return with_index(begin({db, cache, std::move(form)}), changed);
}

http::reply nodes(request const& asked, registration_db& db, time_point, answer_cache& cache) {
  auto const changed = db.nodes_changed();
  if (auto before = before_answer(asked, db, changed, change_key::nodes)) {
    return *std::move(before);
  }
  std::string const key = "/nodes";
  auto const write = [&] { return begin({db, cache, form_of(key, {{"producers", write_nodes}})}); };
  return cached(cache, key, changed, write);
}

http::reply explain(request const& asked, registration_db& db, time_point, answer_cache& cache) {
  auto topic = asked.target.arguments().get("topic");
  if (!topic) {
    return error_reply(400, "MISSING_ARG_TOPIC");
  }
  if (!registry::is_valid_name(*topic)) {
    return error_reply(400, "INVALID_ARG_TOPIC");
  }
  std::string opening = R"({"topic":)";
  text::json::append_name(opening, *topic);
  opening.append(db.has_topic(*topic) ? R"(,"exists":true)" : R"(,"exists":false)");
  auto form = form_of(*std::move(topic), {{"producers", write_explained}}, false);
  form.opening = std::move(opening);
  return begin({db, cache, std::move(form)});
}

// Channels come first, then `client::`, then topics, as Go sorts its keys.
http::reply debug(request const&, registration_db& db, time_point, answer_cache& cache) {
  if (db.count_all().producers == 0) {
    return json_reply("{}");
  }
  return begin(
      {db, cache,
       form_of({},
               {{"", write_debug_channels}, {"client::", write_clients}, {"", write_debug_topics}},
               false)});
}

}  // namespace nsqlookupd::http_api
