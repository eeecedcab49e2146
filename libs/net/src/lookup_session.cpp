// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/log/repeats.hpp>
#include <nsqlookupd/net/connection.hpp>
#include <nsqlookupd/net/lookup_session.hpp>
#include <nsqlookupd/protocol/frame.hpp>
#include <nsqlookupd/protocol/protocols.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::net {
namespace {

namespace asio = boost::asio;
using actor::task;
using boost::system::error_code;
using log::level;
using tcp = asio::ip::tcp;

constexpr std::string_view too_much_input = "E_INVALID too much unfinished input is held already";

// How a TLS handshake begins.
bool looks_like_tls(std::string_view magic) {
  return magic.starts_with("\x16\x03");
}

bool looks_like_http(std::string_view magic) {
  constexpr std::array<std::string_view, 7> methods{"GET ", "POST", "HEAD", "PUT ",
                                                    "DELE", "OPTI", "PRI "};
  return std::find(methods.begin(), methods.end(), magic) != methods.end();
}

// What is to be done with the client next.
enum class then : std::uint8_t { wait, read_on, close, be_refused };

class lookup_session {
 public:
  lookup_session(accepted_client accepted, lookup_service const& service)
      : service_{service},
        counted_{service.counters.tcp_connections},
        client_{std::move(accepted), service.connections} {}

  // Reads the magic and looks the protocol up.
  task<then> greet();
  task<then> serve_readable();
  task<void> leave();
  [[nodiscard]] connection& client() noexcept { return client_; }
  // True once the client has said which protocol it speaks.
  [[nodiscard]] bool greeted() const noexcept { return protocol_ != nullptr; }
  void log_end() const;

 private:
  task<then> read_magic(std::string* magic);
  void log_no_magic(std::string_view magic, error_code error) const;
  task<void> refuse_magic(std::string_view magic);
  task<then> serve(buffer_pool::lease buffers, std::string_view input);
  bool keep_rest(protocol::progress const& done, std::string_view input, std::string& output);
  task<then> end_input(buffer_pool::lease buffers);
  task<bool> send(buffer_pool::lease buffers);
  void set_deadline(protocol::progress const& done);
  [[nodiscard]] std::string end_reason() const;

  lookup_service const& service_;
  metrics::counted counted_;
  connection client_;
  std::unique_ptr<protocol::session> protocol_;
  // Why the connection ended.
  error_code end_;
  std::string_view refusal_;
};

task<then> lookup_session::greet() {
  log::line(level::info, "TCP: new client(", client_.remote_address(), ")");
  client_.arm(deadline::command);
  std::string magic;
  while (true) {
    // Most clients have sent it by the time they are accepted, and their first commands with it.
    auto const next = co_await read_magic(&magic);
    if (magic.size() == protocol::magic_size && !greeted()) {
      co_await refuse_magic(magic);
    }
    if (next != then::wait) {
      co_return next;
    }
    auto const [failed] = co_await client_.wait_readable();
    if (failed) {
      log_no_magic(magic, failed);
      co_return then::close;
    }
  }
}

// Serves what came behind the magic, too; `wait` when that is not all there.
task<then> lookup_session::read_magic(std::string* magic) {
  auto buffers = service_.buffers.take();
  error_code error;
  std::string_view fresh{buffers->input.data(), client_.read_some(buffers->input, error)};
  if (error) {
    if (error == asio::error::would_block) {
      co_return then::wait;
    }
    log_no_magic(*magic, error);
    co_return client_.tls_failure().empty() ? then::close : then::be_refused;
  }
  auto const missing = std::min(protocol::magic_size - magic->size(), fresh.size());
  magic->append(fresh.substr(0, missing));
  fresh.remove_prefix(missing);
  if (magic->size() < protocol::magic_size) {
    co_return then::wait;
  }
  log::line(level::info, "CLIENT(", client_.remote_address(), "): desired protocol magic '", *magic,
            "'");
  protocol_ = protocol::make_session(*magic, service_.settings, client_.remote_address());
  if (!greeted() || fresh.empty()) {
    co_return greeted() ? then::read_on : then::close;
  }
  co_return co_await serve(std::move(buffers), fresh);
}

void lookup_session::log_no_magic(std::string_view magic, error_code error) const {
  auto const reason = client_.end_reason(error);
  bool const broke_off = reason == "EOF" && !magic.empty();
  log::line(level::error, "failed to read protocol version - ", broke_off ? "unexpected " : "",
            reason);
}

void lookup_session::log_end() const {
  log::line(level::error, "client(", client_.remote_address(), ") - ", end_reason());
}

std::string lookup_session::end_reason() const {
  if (!refusal_.empty()) {
    return std::string{refusal_};
  }
  auto const fatal = protocol_->fatal_error();
  return fatal.empty() ? client_.end_reason(end_) : std::string{fatal};
}

task<void> lookup_session::refuse_magic(std::string_view magic) {
  std::string reply;
  protocol::append_frame(protocol::bad_protocol, reply);
  co_await client_.write(reply);
  service_.counters.protocol_errors.add(protocol::bad_protocol);
  log::line(level::error, "client(", client_.remote_address(), ") bad protocol magic '", magic,
            "'");
  if (looks_like_http(magic)) {
    log::limited_line(level::warning, {"HTTP on the TCP port"}, "client(", client_.remote_address(),
                      ") speaks HTTP to the TCP port: point it at the HTTP port (--http-address)");
  } else if (looks_like_tls(magic)) {
    log::limited_line(
        level::warning, {"TLS on the TCP port"}, "client(", client_.remote_address(),
        ") speaks TLS to the plain TCP port: point it at the port of --tcp-tls-address");
  }
  co_await client_.linger();
}

task<then> lookup_session::serve_readable() {
  auto buffers = service_.buffers.take();
  auto const size = client_.read_some(buffers->input, end_);
  if (size != 0) {
    auto const input = client_.held_with({buffers->input.data(), size});
    co_return co_await serve(std::move(buffers), input);
  }
  if (end_ == asio::error::would_block) {
    co_return then::read_on;
  }
  if (end_ == asio::error::eof) {
    co_return co_await end_input(std::move(buffers));
  }
  co_return then::close;
}

// Executes what has come in, and sends the replies to all of it in one write.
task<then> lookup_session::serve(buffer_pool::lease buffers, std::string_view input) {
  auto const began = std::chrono::steady_clock::now();
  auto const execute = [&](registry::registration_db& db) {
    auto const progress = protocol_->consume(input, db, service_.now(), buffers->output);
    service_.actor.start_reclaiming(db);
    return progress;
  };
  auto done = service_.actor.try_run(execute);
  if (!done) {
    done = co_await service_.actor.run(execute);
  }
  service_.counters.command_duration.observe(std::chrono::steady_clock::now() - began);
  bool const goes_on = keep_rest(*done, input, buffers->output);
  if (!co_await send(std::move(buffers))) {
    co_return then::close;
  }
  set_deadline(*done);
  co_return goes_on ? then::read_on : then::be_refused;
}

// What is not executed yet waits for the rest of it. False when the client is to go.
bool lookup_session::keep_rest(protocol::progress const& done, std::string_view input,
                               std::string& output) {
  auto const rest = done.close ? std::string_view{} : input.substr(done.consumed);
  if (!client_.hold(rest, protocol_->identified())) {
    refusal_ = too_much_input;
    protocol::append_frame(refusal_, output);
    service_.counters.protocol_errors.add("E_INVALID");
    log::limited_line(level::error, {"too much unfinished input"}, "[", client_.remote_address(),
                      "] - ", refusal_, " (--max-input-memory)");
  }
  return !done.close && refusal_.empty();
}

// A command must end in time once it has begun; between commands only a producer may be timed.
void lookup_session::set_deadline(protocol::progress const& done) {
  bool const ended_one = done.consumed != 0;
  if (done.mid_command && ended_one) {
    client_.arm(deadline::command);
  } else if (done.mid_command) {
    client_.keep_armed(deadline::command);
  } else if (ended_one && protocol_->identified()) {
    client_.arm(deadline::producer_idle);
  } else if (ended_one) {
    client_.disarm();
  }
}

task<then> lookup_session::end_input(buffer_pool::lease buffers) {
  // Half a command has no answer when it is the server that stops.
  if (!service_.connections.stopping()) {
    protocol_->end_input(client_.held_with({}), buffers->output);
    co_await send(std::move(buffers));
  }
  co_return then::close;
}

// False when the client is gone.
task<bool> lookup_session::send(buffer_pool::lease buffers) {
  std::string_view rest = buffers->output;
  if (client_.try_write(rest)) {
    co_return true;
  }
  auto const unsent = rest.size();
  // It may take long: meanwhile only the replies are kept.
  auto const replies = buffers.keep_output();
  rest = std::string_view{replies}.substr(replies.size() - unsent);
  if (auto const error = co_await client_.write(rest)) {
    end_ = error;
    co_return false;
  }
  co_return true;
}

task<void> lookup_session::leave() {
  auto const depart = [this](registry::registration_db& db) {
    protocol_->leave(db);
    service_.actor.start_reclaiming(db);
  };
  co_await service_.actor.run(depart);
}

// The frame of this coroutine is what an idle client costs, so its IO loop has none of its own.
task<void> run(std::unique_ptr<lookup_session> owner) {
  auto const session = std::move(owner);
  auto next = then::close;
  std::exception_ptr failure;
  try {
    next = co_await session->greet();
    while (next == then::read_on) {
      auto const [error] = co_await session->client().wait_readable();
      if (error) {
        break;
      }
      next = co_await session->serve_readable();
    }
  } catch (...) {
    failure = std::current_exception();
  }
  bool const greeted = session->greeted();
  if (greeted) {
    co_await session->leave();
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
  if (greeted) {
    session->log_end();
  }
  if (next == then::be_refused) {
    co_await session->client().linger();
  }
}

}  // namespace

task<void> run_lookup_session(accepted_client accepted, lookup_service const& service) {
  return run(std::make_unique<lookup_session>(std::move(accepted), service));
}

}  // namespace nsqlookupd::net
