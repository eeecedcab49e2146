// SPDX-License-Identifier: MIT
#include "write_handlers.hpp"

#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/registry/names.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

using log::level;

/// The names that a route is about, or why there are none.
struct names {
  std::string topic = {};
  std::string channel = {};
  std::string_view wrong = {};
};

names read_topic(query const& arguments) {
  auto topic = arguments.get("topic");
  if (!topic) {
    return {.wrong = "MISSING_ARG_TOPIC"};
  }
  if (!registry::is_valid_name(*topic)) {
    return {.wrong = "INVALID_ARG_TOPIC"};
  }
  return {.topic = std::move(*topic)};
}

names read_topic_and_channel(query const& arguments) {
  auto found = read_topic(arguments);
  if (!found.wrong.empty()) {
    return found;
  }
  auto channel = arguments.get("channel");
  if (!channel) {
    found.wrong = "MISSING_ARG_CHANNEL";
  } else if (!registry::is_valid_name(*channel)) {
    found.wrong = "INVALID_ARG_CHANNEL";
  } else {
    found.channel = std::move(*channel);
  }
  return found;
}

/// For the routes that take any name but the wildcard, which would hit everything.
names read_any_topic(query const& arguments) {
  auto topic = arguments.get("topic");
  if (!topic) {
    return {.wrong = "MISSING_ARG_TOPIC"};
  }
  if (*topic == registry::any_topic) {
    return {.wrong = "INVALID_ARG_TOPIC"};
  }
  return {.topic = std::move(*topic)};
}

std::string_view code_of(registry::refusal why) noexcept {
  switch (why) {
    case registry::refusal::too_many_topics:
      return "TOO_MANY_TOPICS";
    case registry::refusal::too_many_channels:
      return "TOO_MANY_CHANNELS";
    case registry::refusal::too_many_registrations:
      return "TOO_MANY_REGISTRATIONS";
    case registry::refusal::none:
      break;
  }
  return {};
}

}  // namespace

outcome create_topic(call const& what) {
  auto const found = read_topic(what.arguments);
  if (!found.wrong.empty()) {
    return refused(400, found.wrong);
  }
  if (auto const why = what.db.create_topic(found.topic).refused; why != registry::refusal::none) {
    return refused(400, code_of(why));
  }
  log::line(level::info, "DB: adding topic(", found.topic, ")");
  return {};
}

outcome delete_topic(call const& what) {
  auto const found = read_any_topic(what.arguments);
  if (!found.wrong.empty()) {
    return refused(400, found.wrong);
  }
  auto const log_channel = [&](std::string_view channel) {
    log::line(level::info, "DB: removing channel(", channel, ") from topic(", found.topic, ")");
  };
  // Walking a topic's channels only to log them is left out when nobody reads that.
  auto const sink =
      log::enabled(level::info) ? registry::name_sink{log_channel} : registry::name_sink{};
  if (what.db.delete_topic(found.topic, sink)) {
    log::line(level::info, "DB: removing topic(", found.topic, ")");
  }
  return {};
}

outcome create_channel(call const& what) {
  auto const found = read_topic_and_channel(what.arguments);
  if (!found.wrong.empty()) {
    return refused(400, found.wrong);
  }
  auto const why = what.db.create_channel(found.topic, found.channel).refused;
  if (why != registry::refusal::none) {
    return refused(400, code_of(why));
  }
  log::line(level::info, "DB: adding channel(", found.channel, ") in topic(", found.topic, ")");
  log::line(level::info, "DB: adding topic(", found.topic, ")");
  return {};
}

outcome delete_channel(call const& what) {
  auto const found = read_topic_and_channel(what.arguments);
  if (!found.wrong.empty()) {
    return refused(400, found.wrong);
  }
  if (!what.db.delete_channel(found.topic, found.channel)) {
    return refused(404, "CHANNEL_NOT_FOUND");
  }
  log::line(level::info, "DB: removing channel(", found.channel, ") from topic(", found.topic, ")");
  return {};
}

outcome tombstone_producer(call const& what) {
  auto const found = read_any_topic(what.arguments);
  if (!found.wrong.empty()) {
    return refused(400, found.wrong);
  }
  auto const node = what.arguments.get("node");
  if (!node) {
    return refused(400, "MISSING_ARG_NODE");
  }
  log::line(level::info, "DB: setting tombstone for producer@", *node, " of topic(", found.topic,
            ")");
  what.db.tombstone(found.topic, *node, what.now);
  return {};
}

}  // namespace nsqlookupd::http_api
