// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/protocol/frame.hpp>
#include <nsqlookupd/protocol/identify.hpp>
#include <nsqlookupd/protocol/v1_session.hpp>
#include <nsqlookupd/text/duration.hpp>
#include <nsqlookupd/text/number.hpp>

#include <algorithm>
#include <utility>

namespace nsqlookupd::protocol {
namespace {

using log::field;
using log::level;
using registry::registration_db;
using registry::time_point;

constexpr std::string_view ok = "OK";
constexpr std::string_view no_body_size = "failed to read body size";
constexpr std::string_view no_body = "failed to read body";

// A producer that leaves a topic with more channels does so in several calls of consume().
constexpr std::size_t channels_at_a_time = 64;

// Changes that time has made due, before commands are executed.
constexpr std::size_t changes_at_a_time = 1024;

void log_db(std::string_view client, std::string_view command, std::string_view category,
            std::string_view topic, std::string_view channel) {
  log::line(level::info, "DB: client(", field{"client", client}, ") ", field{"command", command},
            " category:", field{"category", category}, " key:", field{"topic", topic},
            " subkey:", field{"channel", channel});
}

}  // namespace

v1_session::v1_session(session_settings const& settings, std::string_view remote_address,
                       saved_session const& from)
    : settings_{settings},
      remote_address_{remote_address},
      fatal_error_{from.fatal_error},
      producer_{from.producer},
      body_size_{from.body_size},
      next_{static_cast<expect>(from.next)},
      body_of_{static_cast<enum body_of>(from.body_of)},
      closing_{!from.fatal_error.empty()} {
  if (auto const& said = from.announcement; said.size() == 3) {
    announcement_ = std::make_unique<announcement>(announcement{said[0], said[1], said[2]});
  }
}

saved_session v1_session::save() const {
  saved_session saved{.magic = std::string{magic},
                      .producer = producer_,
                      .next = static_cast<std::uint8_t>(next_),
                      .body_of = static_cast<std::uint8_t>(body_of_),
                      .body_size = body_size_,
                      .fatal_error = fatal_error_};
  if (announcement_) {
    saved.announcement = {announcement_->topic, announcement_->channel, announcement_->port};
  }
  return saved;
}

progress v1_session::consume(std::string_view input, registration_db& db, time_point now,
                             std::string& replies, std::size_t max_commands) {
  context const with{db, now, replies};
  static_cast<void>(db.advance(now, changes_at_a_time));
  auto rest = input;
  bool more = !closing_;
  for (std::size_t count = 0; more && count < max_commands; ++count) {
    more = take_next(rest, with) && !closing_;
  }
  return {.consumed = input.size() - rest.size(),
          .mid_command = next_ != expect::line || !rest.empty(),
          .more = more && !rest.empty(),
          .close = closing_};
}

bool v1_session::take_next(std::string_view& input, context const& with) {
  switch (next_) {
    case expect::line:
      return take_line(input, with);
    case expect::body_size:
      return take_body_size(input, with.replies);
    case expect::body:
      return body_of_ == body_of::refused_identify ? drop_body(input) : take_body(input, with);
  }
  return false;
}

bool v1_session::take_line(std::string_view& input, context const& with) {
  auto const size = std::min(input.find('\n'), input.size());
  if (size > settings_.max_line_size) {
    auto const limit = std::to_string(settings_.max_line_size);
    client_error error{"E_INVALID", {"line is longer than ", limit, " bytes"}};
    error.in_step = false;
    refuse(error, with.replies);
    return false;
  }
  if (size == input.size()) {
    return false;
  }
  auto const request = parse_command(input.substr(0, size));
  if (auto const problem = execute(request, with)) {
    refuse(*problem, with.replies);
  }
  // The same line is executed again until all of it is done.
  if (!std::exchange(is_unfinished_, false)) {
    if (settings_.counters != nullptr) {
      settings_.counters->commands.add(request.name);
    }
    input.remove_prefix(size + 1);
  }
  return true;
}

bool v1_session::take_body_size(std::string_view& input, std::string& replies) {
  if (input.size() < frame_size_bytes) {
    return false;
  }
  auto const size = read_frame_size(input);
  input.remove_prefix(frame_size_bytes);
  if (size < 0 || static_cast<std::size_t>(size) > settings_.max_body_size) {
    if (body_of_ == body_of::refused_identify) {
      // Its error was sent already; all that is left is that the stream is out of step.
      fatal_error_ = cannot_identify_again().message;
      closing_ = true;
      return false;
    }
    auto error = bad_body(body_command(), no_body, "size " + std::to_string(size) + " is refused");
    error.in_step = false;
    refuse(error, replies);
    return false;
  }
  body_size_ = static_cast<std::uint32_t>(size);
  next_ = expect::body;
  return true;
}

bool v1_session::take_body(std::string_view& input, context const& with) {
  if (input.size() < body_size_) {
    return false;
  }
  next_ = expect::line;
  auto const body = input.substr(0, body_size_);
  bool const identifies = body_of_ == body_of::identify;
  if (auto const problem = identifies ? identify(body, with) : announce(body, with)) {
    refuse(*problem, with.replies);
  } else {
    append_frame(identifies ? settings_.identify_reply : ok, with.replies);
  }
  input.remove_prefix(body_size_);
  return true;
}

bool v1_session::drop_body(std::string_view& input) {
  auto const size = std::min<std::size_t>(input.size(), body_size_);
  input.remove_prefix(size);
  body_size_ -= static_cast<std::uint32_t>(size);
  if (body_size_ != 0) {
    return false;
  }
  next_ = expect::line;
  return true;
}

v1_session::maybe_error v1_session::execute(command const& request, context const& with) {
  if (request.name == "PING") {
    ping(with);
    append_frame(ok, with.replies);
    return std::nullopt;
  }
  if (request.name == "IDENTIFY") {
    return expect_identify();
  }
  if (request.name == "ANNOUNCE") {
    return expect_announce(request);
  }
  bool const registers = request.name == "REGISTER";
  if (!registers && request.name != "UNREGISTER") {
    return client_error{"E_INVALID", {"invalid command ", request.name}};
  }
  if (!producer_) {
    return client_error{"E_INVALID", {"client must IDENTIFY"}};
  }
  if (request.param_count == 0) {
    return too_few_params(request.name);
  }
  if (auto problem = check_names(request.name, request.param(0), request.param(1))) {
    return problem;
  }
  auto problem = registers
                     ? add_registration(request.name, request.param(0), request.param(1), with.db)
                     : unregister(request, with.db);
  if (!problem && !is_unfinished_) {
    append_frame(ok, with.replies);
  }
  return problem;
}

void v1_session::ping(context const& with) {
  if (producer_) {
    auto const before = with.db.ping(*producer_, with.now);
    log::line(level::info, "CLIENT(", field{"client", remote_address_}, "): pinged (last ping ",
              text::format_duration(with.now - before), ")");
  }
}

v1_session::maybe_error v1_session::expect_identify() {
  next_ = expect::body_size;
  if (producer_) {
    body_of_ = body_of::refused_identify;
    return cannot_identify_again();
  }
  body_of_ = body_of::identify;
  return std::nullopt;
}

v1_session::maybe_error v1_session::expect_announce(command const& request) {
  if (request.param_count < command::max_params) {
    return too_few_params(request.name);
  }
  announcement_ = std::make_unique<announcement>(announcement{
      std::string{request.param(0)}, std::string{request.param(1)}, std::string{request.param(2)}});
  next_ = expect::body_size;
  body_of_ = body_of::announce;
  return std::nullopt;
}

v1_session::maybe_error v1_session::add_registration(std::string_view command,
                                                     std::string_view topic,
                                                     std::string_view channel,
                                                     registration_db& db) {
  auto const result = db.register_producer(*producer_, topic, channel, command);
  if (result.channel_added) {
    log_db(remote_address_, "REGISTER", "channel", topic, channel);
  }
  if (result.topic_added) {
    log_db(remote_address_, "REGISTER", "topic", topic, {});
  }
  return over_limit(command, result.refused, db.configured_limits());
}

v1_session::maybe_error v1_session::unregister(command const& request, registration_db& db) {
  auto const topic = request.param(0);
  auto const channel = request.param(1);
  if (!channel.empty()) {
    if (db.unregister_channel(*producer_, topic, channel)) {
      log_db(remote_address_, "UNREGISTER", "channel", topic, channel);
    }
    return std::nullopt;
  }
  auto const removed = db.unregister_topic(*producer_, topic, channels_at_a_time);
  is_unfinished_ = removed.more;
  for (auto const& name : removed.channels_removed) {
    log::line(level::warning, "client(", field{"client", remote_address_},
              ") unexpected UNREGISTER category:channel key:", field{"topic", topic},
              " subkey:", field{"channel", name});
  }
  if (removed.topic_removed) {
    log_db(remote_address_, "UNREGISTER", "topic", topic, {});
  }
  return std::nullopt;
}

v1_session::maybe_error v1_session::identify(std::string_view body, context const& with) {
  auto said = parse_identify(body);
  if (!said.decode_error.empty()) {
    return bad_body("IDENTIFY", "failed to decode JSON body", std::move(said.decode_error));
  }
  if (!is_complete(said.peer)) {
    return bad_body("IDENTIFY", "missing fields");
  }
  become_producer("IDENTIFY", std::move(said.peer), with);
  return std::nullopt;
}

v1_session::maybe_error v1_session::announce(std::string_view body, context const& with) {
  auto const said = std::move(announcement_);
  auto const channel = said->channel == "." ? std::string_view{} : std::string_view{said->channel};
  if (auto problem = check_names("ANNOUNCE", said->topic, channel)) {
    return problem;
  }
  if (said->channel.empty()) {
    return bad_channel("ANNOUNCE", {});
  }
  auto const port = text::parse_number<std::uint16_t>(said->port).value_or(0);
  if (port == 0) {
    return client_error{"E_INVALID", {"ANNOUNCE tcp port '", said->port, "' is not valid"}};
  }
  auto const address = last_address(body);
  if (address.empty()) {
    return bad_body("ANNOUNCE", "missing address");
  }
  bool const is_new = !producer_;
  if (is_new) {
    registry::peer_info peer;
    peer.broadcast_address = address;
    peer.tcp_port = port;
    peer.http_port = port + 1;
    become_producer("ANNOUNCE", std::move(peer), with);
  }
  auto problem = add_registration("ANNOUNCE", said->topic, channel, with.db);
  if (problem && is_new) {
    resign(with.db, "ANNOUNCE");
  }
  return problem;
}

void v1_session::become_producer(std::string_view how, registry::peer_info peer,
                                 context const& with) {
  // As a fresh string it takes no more memory than it needs.
  peer.remote_address = std::string{remote_address_};
  log::line(level::info, "CLIENT(", field{"client", remote_address_}, "): ", field{"command", how},
            " Address:", field{"broadcast_address", peer.broadcast_address},
            " TCP:", field{"tcp_port", peer.tcp_port}, " HTTP:", field{"http_port", peer.http_port},
            " Version:", field{"version", peer.version});
  producer_ = with.db.add_producer(std::move(peer), with.now, how);
  log_db(remote_address_, "REGISTER", "client", {}, {});
}

void v1_session::refuse(client_error const& error, std::string& replies) {
  if (settings_.counters != nullptr) {
    settings_.counters->protocol_errors.add(error.code);
  }
  log::limited_line(level::error, {"errors", remote_address_}, "[",
                    field{"client", remote_address_}, "] - ", field{"error", error.message},
                    error.cause.empty() ? "" : " - ", field{"cause", error.cause});
  append_frame(error.message, replies);
  if (settings_.policy == client_error_policy::close || !error.in_step) {
    fatal_error_ = error.message;
    closing_ = true;
  }
}

std::string_view v1_session::body_command() const noexcept {
  return body_of_ == body_of::announce ? "ANNOUNCE" : "IDENTIFY";
}

void v1_session::end_input(std::string_view rest, std::string& replies) {
  if (closing_ || body_of_ == body_of::refused_identify) {
    return;
  }
  std::string const cause = rest.empty() ? "EOF" : "unexpected EOF";
  if (next_ == expect::body_size) {
    refuse(bad_body(body_command(), no_body_size, cause), replies);
  } else if (next_ == expect::body) {
    refuse(bad_body(body_command(), no_body, cause), replies);
  }
}

void v1_session::leave(registration_db& db, time_point now, std::string_view cause) {
  static_cast<void>(db.advance(now, changes_at_a_time));
  log::line(level::info, "PROTOCOL(V1): [", field{"client", remote_address_}, "] exiting ioloop");
  resign(db, cause);
}

void v1_session::resign(registration_db& db, std::string_view cause) {
  if (producer_) {
    db.remove_producer(*producer_, cause);
    producer_.reset();
  }
}

std::unique_ptr<v1_session> make_session(saved_session const& from,
                                         session_settings const& settings,
                                         std::string_view remote_address) {
  bool const is_v1 = from.magic == v1_session::magic;
  return is_v1 ? std::make_unique<v1_session>(settings, remote_address, from) : nullptr;
}

}  // namespace nsqlookupd::protocol
