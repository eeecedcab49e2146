// SPDX-License-Identifier: MIT
#include <nsqlookupd/http/head.hpp>
#include <nsqlookupd/http/request_parser.hpp>
#include <nsqlookupd/http_api/routes.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/net/connection.hpp>
#include <nsqlookupd/net/http_session.hpp>
#include <nsqlookupd/text/duration.hpp>

#include "watching.hpp"
#include "wrong_port.hpp"
#include <boost/asio/error.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using log::field;
using log::level;

// How much of a long answer is written in one visit to the actor: about half a millisecond.
constexpr std::size_t slice_items = 2048;

// Bytes of replies to pipelined requests that gather before they are sent.
constexpr std::size_t enough_output = std::size_t{64} << 10U;

// A body of this size or more is sent from where it is, not copied behind its head.
constexpr std::size_t large_body = std::size_t{16} << 10U;

// The session's next step: wait for input, of which none had come, or some was served; serve on
// in another turn, for there is input left; close.
enum class step : std::uint8_t { wait, read, serve_on, close };

class http_session {
 public:
  http_session(accepted_client accepted, http_service const& service)
      : service_{service},
        counted_{service.counters.http_connections},
        client_{std::move(accepted), service.connections, service.memory},
        parser_{service.max_body_size, service.access_control != nullptr} {}

  // Owns itself, so that one frame is all that an idle client costs.
  task<void> run(std::unique_ptr<http_session> owner);

 private:
  task<step> serve(step from);
  task<bool> answer_requests(std::string_view* input, std::string* output, turn own);
  task<void> end_input(std::string* output);
  task<void> answer_without_body(std::string* output);
  task<void> answer_request(std::string* output);
  task<http::reply> ask(bool waits_no_more);
  void answer(http::reply reply, std::string& output);
  bool begin_watching(http::reply const& reply);
  task<void> watch();
  task<void> answer_long();
  task<void> write_body(http::reply* reply);
  task<bool> send_unsent();
  void finish_request(http::reply& reply, std::string& output);
  void append(http::reply& reply, std::string& output);
  void append_protocol_error(unsigned status, std::string& output, std::string_view text = {});
  void refuse_to_hold(std::string& output);
  // The request that the parser has read, and what its client may ask for. Finds the route.
  [[nodiscard]] http_api::request routed_request();
  [[nodiscard]] auth::caller identify_client() const;
  [[nodiscard]] bool reads_body();
  void log_access(unsigned status, std::chrono::nanoseconds duration);
  void set_deadline();

  http_service const& service_;
  metrics::counted counted_;
  connection client_;
  http::request_parser parser_;
  // Since when the request that is answered could have been.
  turn::clock::time_point request_began_;
  // The stream is out of step, or one side wants no more: what is left to do is to close.
  bool closing_ = false;
  // The client may still be sending what nobody will read.
  bool refused_ = false;
  // The part of an answer's time that was only waiting.
  std::chrono::nanoseconds paused_{};
  // The route of the request that is answered; null when there is none.
  http_api::route const* route_ = nullptr;
  // Not null while the client waits for changes.
  std::unique_ptr<watching> watching_;
  // The reply whose body is being written, if that is a stream. No other request is answered
  // meanwhile, nor before the client has taken what is unsent.
  std::unique_ptr<http::reply> unwritten_;
};

task<void> http_session::run(std::unique_ptr<http_session> owner) {
  auto const self = std::move(owner);
  client_.arm(deadline::http_header);
  auto next = step::read;
  while (next != step::close) {
    if (next == step::serve_on) {
      co_await service_.turns.wait();
    } else if (auto const [failed] = co_await client_.wait_readable(); failed) {
      co_return;
    }
    next = co_await serve(next);
    while (client_.has_unsent() || unwritten_ || watching_) {
      if (client_.has_unsent()) {
        if (!co_await send_unsent()) {
          co_return;
        }
      } else if (watching_) {
        co_await watch();
      } else {
        co_await answer_long();
      }
    }
    if (closing_) {
      next = step::close;
    } else if (next == step::read) {
      set_deadline();
    }
  }
  if (refused_) {
    co_await client_.linger();
  }
}

// Answers the requests that have come in whole, a turn's worth at most, and sends what the client
// takes at once.
task<step> http_session::serve(step from) {
  auto buffers = service_.buffers.take();
  std::string_view fresh;
  if (from != step::serve_on) {
    error_code error;
    fresh = {buffers->input.data(), client_.read_some(buffers->input, error)};
    if (fresh.empty() && error == asio::error::would_block) {
      co_return step::wait;
    }
    if (fresh.empty()) {
      co_await end_input(&buffers->output);
      co_return step::close;
    }
  }
  auto rest = client_.held_with(fresh);
  auto const own = from == step::serve_on ? turn::full() : service_.turns.first_turn();
  bool const is_more = co_await answer_requests(&rest, &buffers->output, own);
  refused_ = refused_ || (closing_ && !rest.empty());
  if (!client_.hold(closing_ ? std::string_view{} : rest, false)) {
    refuse_to_hold(buffers->output);
  }
  client_.send(buffers->output);
  co_return is_more ? step::serve_on : step::read;
}

// True when `input` may hold more that can be served.
task<bool> http_session::answer_requests(std::string_view* input, std::string* output, turn own) {
  using state = http::request_parser::state;
  request_began_ = turn::clock::now();
  do {
    auto const found = parser_.feed(*input);
    if (found == state::need_more) {
      co_return false;
    }
    if (found == state::failed) {
      closing_ = refused_ = true;
      auto const error = parser_.error();
      if (parser_.in_body() && error.status == 400) {
        co_await answer_without_body(output);
      } else {
        append_protocol_error(error.status, *output, error.text);
        warn_of_wrong_port(client_kind::http, *input, client_.remote_address());
      }
      co_return false;
    }
    if (found == state::wants_continue && reads_body()) {
      *output += "HTTP/1.1 100 Continue\r\n\r\n";
      co_return false;
    }
    // Where the body does not matter, the answer stands already, and the client is not to send it.
    closing_ = refused_ = found == state::wants_continue;
    // While the server drains, the answer to the last request that has come in says that it closes.
    closing_ = closing_ || (service_.draining && input->empty());
    co_await answer_request(output);
    if (output->size() >= enough_output) {
      client_.send(*output);
    }
  } while (!closing_ && !input->empty() && !client_.has_unsent() && !unwritten_ &&
           !watching_ && !own.is_over(request_began_));
  co_return !closing_ && !input->empty();
}

// Single bytes do not put it off: what runs already runs on.
void http_session::set_deadline() {
  if (parser_.in_body()) {
    client_.keep_armed(deadline::http_body);
  } else {
    client_.keep_armed(parser_.in_head() ? deadline::http_header : deadline::http_idle);
  }
}

// A client that sends no more may still wait for the answer to what it began. When it is the server
// that stops, half a request has none: the client is to ask elsewhere.
task<void> http_session::end_input(std::string* output) {
  closing_ = true;
  if (auto const failure = client_.tls_failure(); !failure.empty()) {
    log::limited_line(level::warning, {"failed TLS handshakes"}, "client(", client_.log_name(),
                      ") - ", field{"error", failure});
    refused_ = true;
    co_return;
  }
  if (service_.connections.stopping()) {
    co_return;
  }
  if (parser_.in_body()) {
    co_await answer_without_body(output);
  } else if (parser_.in_head()) {
    append_protocol_error(400, *output);
  }
  client_.send(*output);
}

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
  auto reply = co_await ask(false);
  answer(std::move(reply), *output);
  if (unwritten_ || watching_) {
    client_.send(*output);
  }
}

// Watches are begun in the same visit, so that no change is missed.
task<http::reply> http_session::ask(bool waits_no_more) {
  auto const now = service_.now();
  auto asked = routed_request();
  asked.waits_no_more = waits_no_more;
  auto const visit = [&](registry::registration_db& db) {
    auto reply = http_api::respond(service_.routes, route_, asked, db, now);
    if (asked.method == "HEAD") {
      reply.events.reset();
    }
    return watching_ || begin_watching(reply) ? std::move(reply) : http_api::too_many_watchers();
  };
  co_return co_await service_.actor.run(visit);
}

bool http_session::begin_watching(http::reply const& reply) {
  if (reply.wait) {
    watching_ = std::make_unique<watching>(service_, client_, reply.wait->at_most);
    return service_.watchers.add(*watching_, {&reply.wait->key, 1});
  }
  if (reply.events) {
    watching_ = std::make_unique<watching>(service_, client_, comment_period);
    return service_.watchers.add(*watching_, reply.events->keys());
  }
  return true;
}

// A body that is still to be written is left in unwritten_.
void http_session::answer(http::reply reply, std::string& output) {
  if (reply.wait) {
    return;
  }
  if (reply.events) {
    bool const is_chunked = parser_.request().http_1_1;
    closing_ = closing_ || !is_chunked;
    finish_request(reply, output);
    watching_->begin_events(std::move(reply.events), is_chunked);
    return;
  }
  watching_.reset();
  if (reply.body.stream) {
    unwritten_ = std::make_unique<http::reply>(std::move(reply));
  } else {
    finish_request(reply, output);
  }
}

// Waits for what the client watches, and serves it. A client that left gets the answer all the
// same: it may have ended its sending side alone.
task<void> http_session::watch() {
  if (watching_->has_events()) {
    if (!co_await watching_->stream_some(client_)) {
      watching_.reset();
      closing_ = true;
    }
    co_return;
  }
  auto const began = turn::clock::now();
  bool const is_changed = co_await watching_->wait_for_change();
  paused_ += turn::clock::now() - began;
  closing_ = closing_ || service_.draining;
  auto reply = co_await ask(!is_changed);
  if (!reply.wait) {
    watching_->note_delay();
  }
  std::string output;
  answer(std::move(reply), output);
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
          .last_event_id = read.last_event_id};
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
    bool is_held = true;
    while (!is_written && is_held) {
      co_await service_.turns.wait();
      is_written = co_await service_.actor.run(write_slice);
      is_held = client_.hold_output(stream->size(), false);
    }
    if (auto const pause = stream->pause(); is_held && pause.count() != 0) {
      auto const began = turn::clock::now();
      interruptible_wait own{client_.wait_at_most(pause)};
      while (!own.is_over()) {
        co_await own.wait();
      }
      paused_ = turn::clock::now() - began;
    }
    if (is_held) {
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

// False when the client is gone, or holds too much.
task<bool> http_session::send_unsent() {
  auto const error = co_await client_.send_unsent(false);
  request_began_ = turn::clock::now();
  if (error == asio::error::no_buffer_space) {
    log::limited_line(level::error, {"too many unsent replies"}, "client(", client_.log_name(),
                      ") - ", field{"error", connection::too_much_unsent});
  }
  co_return !error;
}

// A client that does not take its replies need not be told why it gets no more.
void http_session::refuse_to_hold(std::string& output) {
  if (!client_.has_unsent()) {
    append_protocol_error(503, output);
  }
  closing_ = true;
  refused_ = true;
  log::limited_line(level::error, {"too much unfinished input"}, "[", client_.log_name(),
                    "] - too much unfinished input is held already (-max-input-memory)");
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

}  // namespace

task<void> run_http_session(accepted_client accepted, http_service const& service) {
  auto session = std::make_unique<http_session>(std::move(accepted), service);
  auto& self = *session;
  return self.run(std::move(session));
}

}  // namespace nsqlookupd::net
