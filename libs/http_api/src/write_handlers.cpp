// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/registry/names.hpp>

#include "handlers.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

using log::field;
using log::level;

/// The names that a route is about, or why there are none.
struct names {
  std::string topic = {};
  std::string channel = {};
  std::string_view wrong = {};
};

/// Reads the topic, and the channel if that is wanted. Any name but the wildcard, which would hit
/// everything, will do when it need not be valid.
names read_names(request const& asked, bool must_be_valid, bool wants_channel = false) {
  names found;
  auto const arguments = asked.target.arguments();
  auto const read = [&](std::string_view key, std::string& into, std::string_view missing,
                        std::string_view invalid) {
    auto name = arguments.get(key);
    if (!name) {
      found.wrong = missing;
      return;
    }
    into = *std::move(name);
    if (must_be_valid ? !registry::is_valid_name(into) : into == registry::any_topic) {
      found.wrong = invalid;
    }
  };
  read("topic", found.topic, "MISSING_ARG_TOPIC", "INVALID_ARG_TOPIC");
  if (wants_channel && found.wrong.empty()) {
    read("channel", found.channel, "MISSING_ARG_CHANNEL", "INVALID_ARG_CHANNEL");
  }
  return found;
}

/// The cause of a change: `POST /topic/delete from 10.0.0.9`.
std::string cause_of(request const& asked) {
  std::string cause{asked.method};
  cause.append(" ").append(asked.target.path());
  return asked.client.empty() ? cause : cause.append(" from ").append(asked.client);
}

// Lines of the log that are written at once.
constexpr std::size_t first_lines = 256;

// To delete a topic takes no time, however many channels it has, but to log each of them does.
class topic_deletion final : public http::body_stream {
 public:
  topic_deletion(registration_db& db, std::string topic, std::string cause, style how)
      : db_{&db}, topic_{std::move(topic)}, cause_{std::move(cause)}, how_{how} {}

  bool write_some(std::size_t budget) override {
    if (log::enabled(level::info)) {
      auto const log_channel = [&](std::string_view channel) {
        log::line(level::info, "DB: removing channel(", field{"channel", channel}, ") from topic(",
                  field{"topic", topic_}, ")");
      };
      if (!db_->list_channels(topic_, logged_, budget, log_channel)) {
        return false;
      }
    }
    if (db_->delete_topic(topic_, cause_)) {
      log::line(level::info, "DB: removing topic(", field{"topic", topic_}, ")");
    }
    return true;
  }

  http::body finish() override { return done(how_).body; }

 private:
  registration_db* db_;
  std::string topic_;
  std::string cause_;
  style how_;
  /// The last channel that was logged.
  std::string logged_;
};

std::string_view code_of(registry::refusal why) noexcept {
  constexpr std::array<std::string_view, 4> codes{"", "TOO_MANY_REGISTRATIONS", "TOO_MANY_TOPICS",
                                                  "TOO_MANY_CHANNELS"};
  return codes[static_cast<std::size_t>(why)];
}

http::reply create(names const& wanted, request const& asked, registration_db& db, style how) {
  auto const& [topic, channel, wrong] = wanted;
  if (!wrong.empty()) {
    return refusal(how, 400, wrong);
  }
  auto const cause = cause_of(asked);
  auto const made =
      channel.empty() ? db.create_topic(topic, cause) : db.create_channel(topic, channel, cause);
  if (made.refused != registry::refusal::none) {
    return refusal(how, 400, code_of(made.refused));
  }
  if (!channel.empty()) {
    log::line(level::info, "DB: adding channel(", field{"channel", channel}, ") in topic(",
              field{"topic", topic}, ")");
  }
  log::line(level::info, "DB: adding topic(", field{"topic", topic}, ")");
  return done(how);
}

}  // namespace

http::reply create_topic(request const& asked, registration_db& db, time_point, style how) {
  auto wanted = read_names(asked, true);
  // 2012 had another word for it.
  if (how == style::envelope && wanted.wrong == "INVALID_ARG_TOPIC") {
    wanted.wrong = "INVALID_TOPIC";
  }
  return create(wanted, asked, db, how);
}

http::reply create_channel(request const& asked, registration_db& db, time_point, style how) {
  return create(read_names(asked, true, true), asked, db, how);
}

http::reply delete_topic(request const& asked, registration_db& db, time_point, style how) {
  auto read = read_names(asked, false);
  if (!read.wrong.empty()) {
    return refusal(how, 400, read.wrong);
  }
  auto answer = done(how);
  topic_deletion deletion{db, std::move(read.topic), cause_of(asked), how};
  if (!deletion.write_some(first_lines)) {
    answer.body = std::make_unique<topic_deletion>(std::move(deletion));
  }
  return answer;
}

http::reply delete_channel(request const& asked, registration_db& db, time_point, style how) {
  auto const [topic, channel, wrong] = read_names(asked, true, true);
  if (!wrong.empty()) {
    return refusal(how, 400, wrong);
  }
  if (!db.delete_channel(topic, channel, cause_of(asked))) {
    // 2012 had another word for it.
    return refusal(how, 404, how == style::envelope ? "NOT_FOUND" : "CHANNEL_NOT_FOUND");
  }
  log::line(level::info, "DB: removing channel(", field{"channel", channel}, ") from topic(",
            field{"topic", topic}, ")");
  return done(how);
}

http::reply tombstone_producer(request const& asked, registration_db& db, time_point now,
                               style how) {
  auto const [topic, channel, wrong] = read_names(asked, false);
  if (!wrong.empty()) {
    return refusal(how, 400, wrong);
  }
  auto const node = asked.target.arguments().get("node");
  if (!node) {
    return refusal(how, 400, "MISSING_ARG_NODE");
  }
  log::line(level::info, "DB: setting tombstone for producer@", field{"node", *node}, " of topic(",
            field{"topic", topic}, ")");
  db.tombstone(topic, *node, now, cause_of(asked));
  return done(how);
}

}  // namespace nsqlookupd::http_api
