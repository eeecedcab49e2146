// SPDX-License-Identifier: MIT
#include "openapi_tour.hpp"

#include "openapi_refusals.hpp"
#include "world.hpp"
#include <boost/json/parse.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace nsqlookupd::admin {
namespace {

using namespace http_api;

struct request_line {
  std::string_view method;
  std::string_view target;
  std::string_view body = {};
};

constexpr request_line requests[] = {
    {"GET", "/ping"},
    {"GET", "/info"},
    {"GET", "/livez"},
    {"GET", "/livez?verbose"},
    {"GET", "/readyz"},
    {"GET", "/readyz?verbose"},
    {"GET", "/openapi.json"},
    {"GET", "/metrics"},
    {"GET", "/cluster"},
    {"GET", "/ui/"},
    {"GET", "/config/log_level"},
    {"PUT", "/config/log_level", "info"},
    {"PUT", "/config/log_level", "loud"},
    {"PUT", "/config/log_level"},
    {"GET", "/topics"},
    {"GET", "/nodes"},
    {"GET", "/debug"},

    {"GET", "/lookup?topic=clicks"},
    {"GET", "/lookup?topic=*"},
    {"GET", "/lookup"},
    {"GET", "/lookup?topic=unknown"},
    {"GET", "/lookup?topic=%zz"},
    {"GET", "/channels?topic=clicks"},
    {"GET", "/channels?topic=unknown"},
    {"GET", "/channels"},
    {"GET", "/channels?topic=%zz"},

    {"GET", "/lookup?topic=clicks&index=x"},
    {"GET", "/lookup?topic=clicks&index=1&wait=5"},
    {"GET", "/channels?topic=clicks&index=x"},
    {"GET", "/channels?topic=clicks&index=1&wait=5"},
    {"GET", "/topics?index=x"},
    {"GET", "/topics?index=1&wait=5"},
    {"GET", "/nodes?index=x"},
    {"GET", "/nodes?index=1&wait=5"},
    {"GET", "/watch?topic=clicks"},
    {"GET", "/watch"},
    {"GET", "/watch?topic=a+b"},
    {"GET", "/watch?topic=clicks&index=x"},
    {"GET", "/watch?topic=%zz"},
    {"GET", "/events"},
    {"GET", "/events?kind=registered"},
    {"GET", "/events?kind=unknown"},
    {"GET", "/events?limit=0"},
    {"GET", "/events?since=x"},
    {"GET", "/events?since=1"},
    {"GET", "/events?topic=%zz"},
    {"GET", "/explain?topic=clicks"},
    {"GET", "/explain?topic=unknown"},
    {"GET", "/explain?topic=a+b"},
    {"GET", "/explain"},

    {"POST", "/topic/create?topic=second"},
    {"POST", "/topic/create?topic=third"},
    {"GET", "/topics?empty=true"},
    {"POST", "/topic/create"},
    {"POST", "/topic/create?topic=*"},
    {"POST", "/topic/create?topic=%zz"},

    {"POST", "/channel/create?topic=clicks&channel=second"},
    {"POST", "/channel/create?topic=clicks&channel=third"},
    {"POST", "/channel/create?topic=third&channel=first"},
    {"POST", "/channel/create"},
    {"POST", "/channel/create?topic=*"},
    {"POST", "/channel/create?topic=clicks"},
    {"POST", "/channel/create?topic=clicks&channel=*"},
    {"POST", "/channel/create?topic=%zz"},

    {"POST", "/channel/delete?topic=clicks&channel=second"},
    {"POST", "/channel/delete?topic=clicks&channel=second"},
    {"POST", "/channel/delete"},
    {"POST", "/channel/delete?topic=*"},
    {"POST", "/channel/delete?topic=clicks"},
    {"POST", "/channel/delete?topic=clicks&channel=*"},
    {"POST", "/channel/delete?topic=%zz"},

    {"POST", "/topic/tombstone?topic=clicks&node=a:4151"},
    {"POST", "/topic/tombstone"},
    {"POST", "/topic/tombstone?topic=*"},
    {"POST", "/topic/tombstone?topic=clicks"},
    {"POST", "/topic/tombstone?topic=%zz"},
    {"GET", "/nodes"},
    {"GET", "/debug"},

    {"POST", "/topic/delete?topic=second"},
    {"POST", "/topic/delete"},
    {"POST", "/topic/delete?topic=*"},
    {"POST", "/topic/delete?topic=%zz"},
};

// Each is asked with GET and with POST, so nothing here may depend on what is known already, but
// for the deleted channel.
constexpr std::string_view targets_of_2012[] = {
    "/create_topic?topic=clicks",
    "/create_topic",
    "/create_topic?topic=*",
    "/create_topic?topic=%zz",
    "/create_channel?topic=clicks&channel=second",
    "/create_channel",
    "/create_channel?topic=*",
    "/create_channel?topic=clicks",
    "/create_channel?topic=clicks&channel=*",
    "/create_channel?topic=%zz",
    "/create_channel?topic=clicks&channel=third",
    "/delete_channel?topic=clicks&channel=unknown",
    "/delete_channel",
    "/delete_channel?topic=*",
    "/delete_channel?topic=clicks",
    "/delete_channel?topic=clicks&channel=*",
    "/delete_channel?topic=%zz",
    "/tombstone_topic_producer?topic=clicks&node=a:4151",
    "/tombstone_topic_producer",
    "/tombstone_topic_producer?topic=*",
    "/tombstone_topic_producer?topic=clicks",
    "/tombstone_topic_producer?topic=%zz",
    "/create_topic?topic=second",
    "/create_topic?topic=third",
    "/create_channel?topic=third&channel=first",
    "/delete_topic?topic=unknown",
    "/delete_topic",
    "/delete_topic?topic=*",
    "/delete_topic?topic=%zz",
};

// Those that may wait or stream.
constexpr std::string_view watching_targets[] = {
    "/lookup?topic=clicks", "/channels?topic=clicks", "/topics", "/nodes", "/watch", "/events"};

constexpr std::string_view pprof_pages[] = {
    "/debug/pprof",         "/debug/pprof/cmdline",      "/debug/pprof/symbol",
    "/debug/pprof/profile", "/debug/pprof/heap",         "/debug/pprof/goroutine",
    "/debug/pprof/block",   "/debug/pprof/threadcreate",
};

class tour {
 public:
  tour() {
    auto const producer = here_.add_to("clicks", "a");
    here_.db.register_producer(producer, "clicks", "archive");
  }

  void ask(std::string_view method, std::string_view target, std::string_view body = {}) {
    here_.body = body;
    answers_.push_back({method, target, here_.ask(method, target)});
  }

  void ask_for_second_profile() {
    auto const first = here_.begin("/debug/pprof/profile");
    ask("GET", "/debug/pprof/profile");
  }

  // They have an index, which the client knows already.
  void ask_for_news(std::string_view target) {
    auto const known = here_.get(target).field("ETag");
    auto answer = here_.ask({.method = "GET", .target = target, .if_none_match = known});
    answers_.push_back({"GET", target, std::move(answer)});
  }

  void refuse_watcher(std::string_view target) {
    answers_.push_back({"GET", target, take_apart(too_many_watchers(), target)});
  }

  void stream_events() {
    auto answer = here_.ask({.method = "GET", .target = "/events", .accept = "text/event-stream"});
    answers_.push_back({"GET", "/events", std::move(answer)});
  }

  void stop() { here_.server.draining = true; }

  [[nodiscard]] std::vector<asked> take() { return std::move(answers_); }

 private:
  // So that two topics, and two channels of each, are one short of too many.
  world here_{{}, {.topics = 2, .channels_per_topic = 2}};
  std::vector<asked> answers_;
};

}  // namespace

std::string code_of(answered const& answer) {
  if (answer.content != content_type::json) return {};
  auto const body = boost::json::parse(answer.body);
  if (!body.is_object()) return {};
  for (auto const* const member : {"message", "status_txt"}) {
    if (auto const* const code = body.as_object().if_contains(member)) {
      return code->as_string().c_str();
    }
  }
  return {};
}

std::vector<asked> tour_of_all_answers() {
  tour all;
  for (auto const& [method, target, body] : requests) {
    all.ask(method, target, body);
  }
  for (auto const target : watching_targets) {
    all.refuse_watcher(target);
    if (target != "/watch" && target != "/events") all.ask_for_news(target);
  }
  all.ask_for_news("/ui/");
  all.stream_events();
  for (std::string_view const method : {"GET", "POST"}) {
    for (auto const target : targets_of_2012) {
      all.ask(method, target);
    }
    all.ask(method, "/delete_channel?topic=clicks&channel=second");
  }
  for (auto const page : pprof_pages) {
    all.ask("GET", page);
  }
  all.ask("POST", "/debug/pprof/symbol");
  all.ask("GET", "/debug/pprof/profile?seconds=301");
  all.ask_for_second_profile();
  all.stop();
  all.ask("GET", "/readyz");
  auto answers = all.take();
  std::ranges::move(refusals_of_all_routes(), std::back_inserter(answers));
  return answers;
}

}  // namespace nsqlookupd::admin
