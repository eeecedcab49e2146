// SPDX-License-Identifier: MIT
#include <nsqlookupd/http/head.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/text/duration.hpp>

#include "http_session.hpp"

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::net {
namespace {

using log::field;
using log::level;

// How much of a long answer is written in one visit to the actor: about half a millisecond.
constexpr std::size_t slice_items = 2048;

// A body of this size or more is sent from where it is, not copied behind its head.
constexpr std::size_t large_body = std::size_t{16} << 10U;

}  // namespace

// The body broke off, or its chunks are no chunks. Not every route cares.
task<void> http_session::answer_without_body(std::string* output) {
  if (!reads_body()) {
    co_await answer_request(output);
    co_return;
  }
  auto reply = http_api::error_reply(400, "INVALID_REQUEST");
  log_access(reply.status, {});
  append(reply, *output);
}

// A reply that is not due yet leaves the client watching.
task<void> http_session::answer_request(std::string* output) {
  client_.disarm();
  auto const now = service_.now();
  auto const asked = routed_request();
  auto const visit = [&](registry::registration_db& db) { return respond(asked, db, now); };
  auto reply = co_await service_.actor.run(visit);
  answer(reply, *output);
  if (unwritten_ || watching_) {
    client_.send(*output);
  }
}

// Watches are begun in the same visit, so that no change is missed.
http::reply http_session::respond(http_api::request const& asked, registry::registration_db& db,
                                  registry::time_point now) {
  auto reply = http_api::respond(service_.routes, route_, asked, db, now);
  if (!watching_ && !begin_watching(reply)) {
    return http_api::too_many_watchers();
  }
  return reply;
}

bool http_session::begin_watching(http::reply const& reply) {
  if (reply.wait) {
    auto const& request = parser_.request();
    watching_ = std::make_unique<watching>(service_, client_, reply.wait->at_most);
    return watching_->hold(request.target_text.capacity() + request.authorization.capacity()) &&
           service_.watchers.add(*watching_, {&reply.wait->key, 1});
  }
  if (reply.events && parser_.request().method != "HEAD") {
    watching_ = std::make_unique<watching>(service_, client_, comment_period);
    return service_.watchers.add(*watching_, reply.events->keys());
  }
  return true;
}

// A body that is still to be written is left in unwritten_.
void http_session::answer(http::reply& reply, std::string& output) {
  if (reply.wait) {
    return;
  }
  if (reply.events) {
    bool const is_chunked = parser_.request().http_1_1;
    closing_ = closing_ || !is_chunked;
    finish_request(reply, output);
    if (watching_) {
      watching_->begin_events(std::move(reply.events), is_chunked);
    }
    return;
  }
  watching_.reset();
  if (reply.body.stream) {
    unwritten_ = std::make_unique<http::reply>(std::move(reply));
  } else {
    finish_request(reply, output);
  }
}

// Serves what the client waited for. One that left gets the answer all the same: it may have ended
// its sending side alone.
task<void> http_session::watch() {
  if (watching_->has_events()) {
    if (!co_await watching_->stream_some()) {
      watching_.reset();
      closing_ = true;
    }
    co_return;
  }
  // To wait is no part of an answer's time.
  request_began_ = turn::clock::now();
  closing_ = closing_ || (service_.draining && !client_.has_input());
  auto const now = service_.now();
  auto asked = routed_request();
  asked.waits_no_more = !watching_->may_have_changed();
  auto const visit = [&](registry::registration_db& db) { return respond(asked, db, now); };
  auto reply = co_await service_.actor.run(visit);
  if (!reply.wait) {
    watching_->note_delay();
  }
  std::string output;
  answer(reply, output);
  client_.send(output);
}

void http_session::finish_request(http::reply& reply, std::string& output) {
  auto const began = std::exchange(request_began_, turn::clock::now());
  auto const duration = request_began_ - began - std::exchange(paused_, {});
  service_.counters.http_request_duration.observe(duration);
  if (reply.logged) {
    log_access(reply.status, duration);
  }
  refused_ = refused_ || reply.close;
  closing_ = closing_ || reply.close || !parser_.request().keep_alive;
  append(reply, output);
  parser_.reset();
}

task<void> http_session::answer_long() {
  co_await write_body(unwritten_.get());
  std::string output;
  finish_request(*unwritten_, output);
  unwritten_.reset();
  client_.send(output);
}

// A client whose certificate was verified needs no token.
auth::caller http_session::identify_client() const {
  if (service_.access_control == nullptr || client_.has_verified_peer()) {
    return {.may = auth::right::write};
  }
  return service_.access_control->identify(parser_.request().authorization);
}

http_api::request http_session::routed_request() {
  auto const& read = parser_.request();
  route_ = service_.routes.find(read.target.path());
  auto const asking = identify_client();
  std::string_view const address = client_.remote_address();
  return {.method = read.method,
          .target = read.target,
          .body = read.body,
          .https_port = service_.https_port,
          .granted = asking.may,
          .is_known = !asking.token_name.empty(),
          .client = address.substr(0, address.rfind(':')),
          .if_none_match = read.if_none_match,
          .accept = read.accept,
          .last_event_id = read.last_event_id,
          .waits_no_more = service_.draining || service_.connections.ends_waits()};
}

bool http_session::reads_body() {
  auto const asked = routed_request();
  return http_api::reads_body(route_, asked);
}

// Until it is written, the client has seen nothing of the reply: what goes wrong here can still be
// said.
task<void> http_session::write_body(http::reply* reply) {
  auto* const stream = reply->body.stream.get();
  auto const write_slice = [stream](registry::registration_db&) {
    return stream->write_some(slice_items);
  };
  try {
    bool is_written = false;
    bool fits = true;
    while (!is_written && fits) {
      co_await service_.turns.wait();
      is_written = co_await service_.actor.run(write_slice);
      fits = client_.hold_output(stream->size(), false);
    }
    if (auto const pause = stream->pause(); fits && pause.count() != 0) {
      auto const began = turn::clock::now();
      interruptible_wait own{client_.wait_at_most(pause, interruptible_wait::purpose::pause)};
      while (!own.is_over()) {
        co_await own.wait();
      }
      paused_ = turn::clock::now() - began;
    }
    if (fits) {
      reply->body = stream->finish();
    } else {
      *reply = http::protocol_error(503, connection::too_much_unsent);
    }
  } catch (std::exception const& failure) {
    *reply = http_api::explain_failure(routed_request(), failure);
  }
}

void http_session::append(http::reply& reply, std::string& output) {
  auto const& request = parser_.request();
  service_.counters.http_requests.add(service_.routes.label_of(route_), reply.status);
  http::append_head(reply, {request.http_1_1, closing_}, http::date_text(shown_time()), output);
  if (request.method == "HEAD") {
    return;
  }
  if (auto const body = reply.body.first(); reply.body.more.empty() && body.size() < large_body) {
    output += body;
  } else {
    client_.send(output, std::move(reply.body));
  }
}

void http_session::append_protocol_error(unsigned status, std::string& output,
                                         std::string_view text) {
  service_.counters.http_requests.add(service_.routes.label_of(nullptr), status);
  auto const reply = http::protocol_error(status, text);
  http::append_head(reply, {.close = true}, {}, output);
  output += reply.body.text;
}

void http_session::log_access(unsigned status, std::chrono::nanoseconds duration) {
  constexpr unsigned first_error = 400;
  if (service_.logged == access_log::off || !log::enabled(level::info) ||
      (service_.logged == access_log::errors && status < first_error)) {
    return;
  }
  std::string text;
  parser_.request().target.append_logged(text);
  std::string_view const target{text};
  auto const path = target.substr(0, target.find('?'));
  auto const mark = target.substr(path.size(), 1);
  auto const query = target.substr(path.size() + mark.size());
  auto const token_name = identify_client().token_name;
  log::line(level::info, field{"status", status}, " ", field{"method", parser_.request().method},
            " ", field{"path", path}, mark, field{"query", query}, " (", client_.log_name(), ") ",
            field{"duration", text::format_duration(duration)}, token_name.empty() ? "" : " by ",
            field{"token", token_name});
}

}  // namespace nsqlookupd::net
