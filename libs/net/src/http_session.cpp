// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/append_head.hpp>
#include <nsqlookupd/http_api/protocol_error.hpp>
#include <nsqlookupd/log/duration_text.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/log/repeats.hpp>
#include <nsqlookupd/net/connection.hpp>
#include <nsqlookupd/net/http_date.hpp>
#include <nsqlookupd/net/http_request_parser.hpp>
#include <nsqlookupd/net/http_session.hpp>

#include <boost/asio/error.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace nsqlookupd::net {
namespace {

namespace asio = boost::asio;
using actor::task;
using boost::system::error_code;
using http_api::connection_header;
using http_api::http_version;
using log::level;
using tcp = asio::ip::tcp;

// How much of a long answer is written in one visit to the actor: about half a millisecond.
constexpr std::size_t slice_items = 2048;

// A body of this size or more is not copied behind its head, but sent from where it is.
constexpr std::size_t large_body = std::size_t{64} << 10U;

// What pipelined requests may gather before it is sent.
constexpr std::size_t enough_output = std::size_t{256} << 10U;

void append_protocol_error(unsigned status, std::string_view text, std::string& output,
                           metrics::counters& counters) {
  counters.http_requests.add(http_api::no_route, status);
  auto const reply = http_api::protocol_error(status, text);
  http_api::append_head(reply, http_version::http_1_1, connection_header::close, {}, output);
  output += reply.body;
}

http_api::right right_of(auth::grant may) {
  switch (may) {
    case auth::grant::nothing:
      break;
    case auth::grant::read:
      return http_api::right::read;
    case auth::grant::write:
      return http_api::right::write;
  }
  return http_api::right::nothing;
}

class http_session {
 public:
  http_session(accepted_client accepted, http_service const& service)
      : service_{service},
        counted_{service.counters.http_connections},
        client_{std::move(accepted), service.connections},
        parser_{service.max_body_size, service.access_control != nullptr} {}

  task<void> serve_until_closed();

 private:
  task<bool> serve(buffer_pool::lease buffers, std::size_t fresh_size);
  task<void> end_input(buffer_pool::lease buffers);
  task<bool> answer_without_body(std::string* output);
  task<bool> answer_request(std::string* output);
  std::optional<http_api::answer> try_respond();
  task<http_api::answer> respond();
  http_api::answer answer_of(http_api::request const& what, registry::registration_db& db);
  task<http_api::reply> write_pages(http_api::long_answer* pages);
  bool append(http_api::reply const& reply, std::string& output);
  task<bool> send_long(http_api::reply reply, std::string* output);
  task<bool> send(std::string_view output, std::string_view body = {});
  void refuse(std::string& output, std::string_view rest);
  void refuse_to_hold(std::string& output);
  [[nodiscard]] http_api::request routed_request() const {
    auto const& read = parser_.request();
    return {read.method, read.target, read.body, service_.https_port};
  }
  // The same, and what who asks may do.
  [[nodiscard]] http_api::request judged_request() const;
  void log_access(unsigned status, std::chrono::nanoseconds duration);
  void set_deadline();

  http_service const& service_;
  metrics::counted counted_;
  connection client_;
  http_request_parser parser_;
  // Of the request that is answered, and since when it could have been.
  registry::time_point now_;
  std::chrono::steady_clock::time_point turn_began_;
  // The stream is out of step, or one side wants no more: what is left to do is to close.
  bool closing_ = false;
  // The client may still be sending what nobody will read.
  bool refused_ = false;
  // Of the time that an answer took, that in which it was only waited for.
  std::chrono::nanoseconds paused_{};
};

task<void> http_session::serve_until_closed() {
  client_.arm(deadline::http_header);
  while (!closing_) {
    if (auto const [failed] = co_await client_.wait_readable(); failed) {
      co_return;
    }
    auto buffers = service_.buffers.take();
    error_code error;
    auto const size = client_.read_some(buffers->input, error);
    if (size != 0) {
      if (!co_await serve(std::move(buffers), size)) {
        co_return;
      }
    } else if (error != asio::error::would_block) {
      co_await end_input(std::move(buffers));
      co_return;
    }
  }
  if (refused_) {
    co_await client_.linger();
  }
}

// Answers every request that has come in whole, in one write. False when the client is gone.
task<bool> http_session::serve(buffer_pool::lease buffers, std::size_t fresh_size) {
  using state = http_request_parser::state;
  turn_began_ = std::chrono::steady_clock::now();
  auto rest = client_.held_with({buffers->input.data(), fresh_size});
  auto& output = buffers->output;
  while (!closing_ && !rest.empty()) {
    auto const found = parser_.feed(rest);
    if (found == state::need_more) {
      break;
    }
    if (found == state::failed && parser_.in_body() && parser_.error().status == 400) {
      closing_ = refused_ = true;
      if (!co_await answer_without_body(&output)) {
        co_return false;
      }
      break;
    }
    if (found == state::failed) {
      refuse(output, rest);
      break;
    }
    if (found == state::wants_continue && http_api::reads_body(judged_request())) {
      output += "HTTP/1.1 100 Continue\r\n\r\n";
      break;
    }
    // Where the body does not matter, the answer stands already, and the client is not to send it.
    closing_ = refused_ = found == state::wants_continue;
    if (!co_await answer_request(&output)) {
      co_return false;
    }
  }
  refused_ = refused_ || (closing_ && !rest.empty());
  if (!client_.hold(closing_ ? std::string_view{} : rest, false, parser_.held_for_body())) {
    refuse_to_hold(output);
  }
  bool const sent = co_await send(output);
  set_deadline();
  co_return sent;
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
task<void> http_session::end_input(buffer_pool::lease buffers) {
  closing_ = true;
  if (auto const failure = client_.tls_failure(); !failure.empty()) {
    log::limited_line(level::warning, {"failed TLS handshakes"}, "client(",
                      client_.remote_address(), ") - ", failure);
    co_await client_.linger();
    co_return;
  }
  if (service_.connections.stopping()) {
    co_return;
  }
  if (parser_.in_body()) {
    co_await answer_without_body(&buffers->output);
  } else if (parser_.in_head()) {
    append_protocol_error(400, {}, buffers->output, service_.counters);
  }
  co_await send(buffers->output);
}

// The body broke off, or its chunks are no chunks. Not every route cares.
task<bool> http_session::answer_without_body(std::string* output) {
  if (!http_api::reads_body(judged_request())) {
    co_return co_await answer_request(output);
  }
  now_ = service_.now();
  auto const reply = http_api::invalid_request();
  log_access(reply.status, {});
  append(reply, *output);
  co_return true;
}

task<bool> http_session::answer_request(std::string* output) {
  client_.disarm();
  now_ = service_.now();
  auto answer = try_respond();
  if (!answer) {
    answer = co_await respond();
  }
  if (auto* const pages = std::get_if<std::unique_ptr<http_api::long_answer>>(&*answer)) {
    auto const owner = std::move(*pages);
    answer = co_await write_pages(owner.get());
  }
  auto& reply = std::get<http_api::reply>(*answer);
  auto const began = std::exchange(turn_began_, std::chrono::steady_clock::now());
  auto const duration = turn_began_ - began - std::exchange(paused_, {});
  service_.counters.http_request_duration.observe(duration);
  if (reply.logged) {
    log_access(reply.status, duration);
  }
  refused_ = refused_ || reply.close;
  closing_ = closing_ || reply.close || !parser_.request().keep_alive;
  bool sent = true;
  if (!append(reply, *output)) {
    sent = co_await send_long(std::move(reply), output);
  }
  parser_.reset();
  co_return sent;
}

// Whose certificate was verified needs no token.
http_api::request http_session::judged_request() const {
  auto what = routed_request();
  if (service_.access_control != nullptr && !client_.has_verified_peer()) {
    auto const asking = service_.access_control->identify(parser_.request().authorization);
    what.granted = right_of(asking.may);
    what.is_known = asking.is_known;
  }
  return what;
}

// Without a coroutine where the registry is at hand: most answers are so short that it shows.
std::optional<http_api::answer> http_session::try_respond() {
  auto const what = judged_request();
  return service_.actor.try_run([&](registry::registration_db& db) { return answer_of(what, db); });
}

task<http_api::answer> http_session::respond() {
  auto const what = judged_request();
  auto const visit = [&](registry::registration_db& db) { return answer_of(what, db); };
  co_return co_await service_.actor.run(visit);
}

http_api::answer http_session::answer_of(http_api::request const& what,
                                         registry::registration_db& db) {
  auto answer = http_api::respond(what, db, now_, service_.server, service_.kept);
  service_.actor.start_reclaiming(db);
  return answer;
}

// Until it is written, the client has seen nothing of it: what goes wrong here can still be said.
task<http_api::reply> http_session::write_pages(http_api::long_answer* pages) {
  auto const now = service_.now();
  auto const write_page = [&](registry::registration_db const& db) {
    return pages->write_some(db, now, slice_items);
  };
  http_api::reply reply;
  try {
    co_await service_.actor.run_in_slices(write_page);
    if (auto const pause = pages->pause(); pause.count() != 0) {
      auto const began = std::chrono::steady_clock::now();
      co_await client_.pause(pause);
      paused_ = std::chrono::steady_clock::now() - began;
    }
    reply = pages->finish();
  } catch (std::exception const& failure) {
    log::line(level::error, "HTTP: failed to answer ", parser_.request().method, " ",
              parser_.request().target, " - ", failure.what());
    reply = http_api::internal_error();
  }
  reply.route = pages->route;
  co_return reply;
}

// Puts the reply behind those that wait in `output`. False when only its head is there, since the
// body is large.
bool http_session::append(http_api::reply const& reply, std::string& output) {
  bool const is_1_1 = parser_.request().http_1_1;
  auto const version = is_1_1 ? http_version::http_1_1 : http_version::http_1_0;
  // The default of each version goes without saying.
  auto connection = connection_header::none;
  if (closing_ == is_1_1) {
    connection = closing_ ? connection_header::close : connection_header::keep_alive;
  }
  http_api::append_head(reply, version, connection, http_date(now_), output);
  service_.counters.http_requests.add(reply.route, reply.status);
  if (parser_.request().method == "HEAD") {
    return true;
  }
  auto const body = reply.text();
  if (reply.more.empty() && body.size() < large_body && output.size() < enough_output) {
    output += body;
    return true;
  }
  return false;
}

// Sends what waits in `output`, a head last, and the body that belongs to it from where it is.
task<bool> http_session::send_long(http_api::reply reply, std::string* output) {
  bool sent = co_await send(*output, reply.text());
  output->clear();
  for (auto& piece : reply.more) {
    if (!sent) {
      break;
    }
    sent = co_await send({}, piece);
    // To free all of them at the end would hold up others.
    std::string{}.swap(piece);
  }
  turn_began_ = std::chrono::steady_clock::now();
  co_return sent;
}

task<bool> http_session::send(std::string_view output, std::string_view body) {
  if (body.empty() && client_.try_write(output)) {
    co_return true;
  }
  co_return !co_await client_.write(output, body);
}

void http_session::refuse(std::string& output, std::string_view rest) {
  append_protocol_error(parser_.error().status, parser_.error().text, output, service_.counters);
  closing_ = true;
  refused_ = true;
  if (rest.starts_with("  V")) {
    log::limited_line(level::warning, {"nsqd's protocol on the HTTP port"}, "client(",
                      client_.remote_address(),
                      ") speaks nsqd's TCP protocol to the HTTP port: point it at the TCP port "
                      "(--tcp-address)");
  } else if (rest.starts_with("\x16\x03")) {
    log::limited_line(
        level::warning, {"TLS on the HTTP port"}, "client(", client_.remote_address(),
        ") speaks TLS to the plain HTTP port: point it at the port of --https-address");
  }
}

void http_session::refuse_to_hold(std::string& output) {
  append_protocol_error(503, {}, output, service_.counters);
  closing_ = true;
  refused_ = true;
  log::limited_line(level::error, {"too much unfinished input"}, "[", client_.remote_address(),
                    "] - too much unfinished input is held already (--max-input-memory)");
}

void http_session::log_access(unsigned status, std::chrono::nanoseconds duration) {
  constexpr unsigned first_error = 400;
  if (service_.logged == access_log::off || !log::enabled(level::info) ||
      (service_.logged == access_log::errors && status < first_error)) {
    return;
  }
  std::string target;
  http_api::append_logged_target(routed_request(), target);
  log::line(level::info, status, " ", parser_.request().method, " ", target, " (",
            client_.remote_address(), ") ", log::duration_text{duration});
}

task<void> run(std::unique_ptr<http_session> owner) {
  auto const session = std::move(owner);
  co_await session->serve_until_closed();
}

}  // namespace

task<void> run_http_session(accepted_client accepted, http_service const& service) {
  return run(std::make_unique<http_session>(std::move(accepted), service));
}

}  // namespace nsqlookupd::net
