// SPDX-License-Identifier: MIT
#include "http_session.hpp"

#include <nsqlookupd/log/log.hpp>

#include "wrong_port.hpp"
#include <boost/asio/error.hpp>

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

}  // namespace

bool http_session::is_idle() const {
  return client_.is_at_rest() && !watching_ && !unwritten_ && !parser_.in_head() &&
         !parser_.in_body();
}

// Where there is nothing left to do but to close, the client has its reply.
std::optional<saved_client> http_session::save() const {
  // A stream whose client has not taken its last events ends behind them.
  bool const is_stream = watching_ && watching_->has_events() && client_.has_unsent();
  bool const is_over = closing_ && !client_.has_unsent();
  auto saved = is_over || !(is_idle() || is_stream) ? std::nullopt : client_.save();
  if (saved) {
    saved->kind = client_kind::http;
    saved->is_closing = closing_ || is_stream || (before_ && before_->is_closing);
  }
  return saved;
}

step http_session::begin() {
  client_.arm(deadline::http_header);
  if (auto const before = std::move(before_)) {
    closing_ = refused_ = before->is_closing;
    set_deadline();
    return before->input.empty() ? step::read : step::serve_on;
  }
  return step::read;
}

task<void> http_session::run(std::unique_ptr<http_session> owner) {
  auto const self = std::move(owner);
  if (client_.has_unsent()) {
    if (!co_await send_unsent()) {
      co_return;
    }
  }
  auto next = begin();
  while (next != step::close && !closing_) {
    if (next == step::serve_on) {
      co_await service_.turns.wait();
    } else if (auto const [failed] = co_await client_.wait_readable(); failed) {
      co_return;
    }
    if (service_.turns.are_paused()) {
      co_await service_.turns.wait_for_pause();
    }
    next = co_await serve(next);
    while (watching_ || unwritten_ || client_.has_unsent()) {
      // Where a change may send, what is unsent is for it to look at.
      bool const is_sender = !watching_ || watching_->session_sends();
      if (is_sender && client_.has_unsent()) {
        if (!co_await send_unsent()) {
          co_return;
        }
      } else if (watching_ && watching_->must_wait()) {
        co_await watching_->wait();
        // A change may have left something unsent.
        if (watching_->end_wait() && !client_.has_unsent()) {
          co_await watch();
        }
      } else if (watching_) {
        co_await watch();
      } else {
        co_await answer_long();
      }
    }
    if (!closing_ && next == step::read) {
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
  connection::rest_scope const under_way{client_, false};
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
  auto rest = client_.input_with(fresh);
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
  } while (!closing_ && !input->empty() && !client_.has_unsent() && !unwritten_ && !watching_ &&
           !own.is_over(request_began_));
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

task<void> run_http_session(accepted_client accepted, http_service const& service) {
  auto session = std::make_unique<http_session>(std::move(accepted), service);
  auto& self = *session;
  return self.run(std::move(session));
}

}  // namespace nsqlookupd::net
