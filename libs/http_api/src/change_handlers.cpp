// SPDX-License-Identifier: MIT
//
// `/watch` and `/events`.
#include <nsqlookupd/registry/names.hpp>
#include <nsqlookupd/text/number.hpp>

#include "event_history.hpp"
#include "handlers.hpp"
#include "watch_stream.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::http_api {
namespace {

constexpr std::size_t usual_events = 1000;
constexpr std::size_t most_events = 10'000;

http::reply stream_reply(std::unique_ptr<http::event_stream> events) {
  // Proxies that gather what they pass on are told not to.
  return {.headers =
              "Content-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
              "X-Accel-Buffering: no\r\n",
          .events = std::move(events)};
}

/// The revision that the client has seen: of the header by which streams are resumed, or of the
/// argument `name`.
struct seen_revision {
  std::optional<std::uint64_t> revision = {};
  bool is_wrong = false;

  static seen_revision of(request const& asked, std::string_view name) {
    if (auto const id = text::parse_number<std::uint64_t>(asked.last_event_id)) {
      return {.revision = id};
    }
    auto const given = asked.target.arguments().get(name);
    if (!given) {
      return {};
    }
    auto const number = text::parse_number<std::uint64_t>(*given);
    return {.revision = number, .is_wrong = !number};
  }
};

}  // namespace

http::reply watch(request const& asked, registration_db& db, time_point, answer_cache& cache) {
  auto topics = asked.target.arguments().get_all("topic");
  if (topics.empty()) {
    return error_reply(400, "MISSING_ARG_TOPIC");
  }
  auto const can_be = [](std::string const& topic) {
    return topic == registry::any_topic || registry::is_valid_name(topic);
  };
  if (!std::ranges::all_of(topics, can_be)) {
    return error_reply(400, "INVALID_ARG_TOPIC");
  }
  // It sorts before every name.
  if (topics.front() == registry::any_topic) {
    topics.resize(1);
  }
  auto [seen, is_wrong] = seen_revision::of(asked, "index");
  if (is_wrong) {
    return error_reply(400, "INVALID_ARG_INDEX");
  }
  // An index of the future, after a restart with a clock that was set back, begins anew.
  if (seen && (*seen == 0 || *seen > db.revision())) {
    seen.reset();
  }
  return stream_reply(std::make_unique<watch_stream>(db, cache, std::move(topics), seen));
}

http::reply events(request const& asked, registration_db& db, time_point) {
  auto const arguments = asked.target.arguments();
  event_filter filter{arguments.get_all("topic"), arguments.get_all("kind")};
  auto const is_kind = [](std::string const& kind) {
    return std::ranges::find(registry::change_kinds, kind) != registry::change_kinds.end();
  };
  if (!std::ranges::all_of(filter.kinds, is_kind)) {
    return error_reply(400, "INVALID_ARG_KIND");
  }
  auto const limit = arguments.get("limit");
  auto const count = limit ? text::parse_number<std::size_t>(*limit) : usual_events;
  if (!count || *count == 0) {
    return error_reply(400, "INVALID_ARG_LIMIT");
  }
  auto const [seen, is_wrong] = seen_revision::of(asked, "since");
  if (is_wrong) {
    return error_reply(400, "INVALID_ARG_SINCE");
  }
  auto const& changes = db.changes();
  auto const since = seen.value_or(0) == 0 ? changes.forgotten() : *seen;
  if (since < changes.forgotten()) {
    auto gone = json_reply(events_gone(changes, db.revision() + 1));
    gone.status = 410;
    return gone;
  }
  if (asked.accept.find("text/event-stream") != std::string_view::npos) {
    return stream_reply(
        std::make_unique<event_feed>(db, std::move(filter), std::min(since, db.revision())));
  }
  constexpr std::size_t first_slice = 256;
  auto list = std::make_unique<event_list>(db, std::move(filter), std::min(since, db.revision()),
                                           std::min(*count, most_events));
  if (list->write_some(first_slice)) {
    return json_reply(list->finish());
  }
  return json_reply(std::move(list));
}

}  // namespace nsqlookupd::http_api
