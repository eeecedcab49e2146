// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/net/connection.hpp>
#include <nsqlookupd/net/lookup_session.hpp>
#include <nsqlookupd/protocol/frame.hpp>
#include <nsqlookupd/protocol/session.hpp>

#include "wrong_port.hpp"
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
using boost::system::error_code;
using log::field;
using log::level;

constexpr std::string_view too_much_input = "E_INVALID too much unfinished input is held already";
constexpr std::string_view too_much_output =
    "too many replies that clients do not take are held already (--max-input-memory)";

// Commands that are executed between two looks at the clock.
constexpr std::size_t commands_at_a_time = 16;

// More input than this is served in a full turn only: a body of it may be one step that takes as
// long.
constexpr std::size_t large_input = std::size_t{16} << 10U;

// Bytes of replies that gather before they are sent.
constexpr std::size_t enough_output = std::size_t{64} << 10U;

// The session's next step: wait for the rest of its magic; read on; serve on in
// another turn, for there is input left; close; close once it has read why.
enum class then : std::uint8_t { wait, read_on, serve_on, close, be_refused };

class lookup_session {
 public:
  lookup_session(accepted_client accepted, lookup_service const& service)
      : service_{service},
        counted_{service.counters.tcp_connections},
        client_{std::move(accepted), service.connections, service.memory} {}

  // Reads the magic and looks the protocol up.
  task<then> greet();
  // `next`: `read_on` when there is something to read, or `serve_on`.
  task<then> serve_next(then next) {
    return next == then::serve_on ? serve_on() : serve_readable();
  }
  // Takes the producer out of the registry.
  task<void> leave();
  [[nodiscard]] connection& client() noexcept { return client_; }
  // True once the client has said which protocol it speaks.
  [[nodiscard]] bool greeted() const noexcept { return protocol_ != nullptr; }
  void note_end(error_code error) noexcept { end_ = error; }
  void log_end() const;
  [[nodiscard]] level end_severity() const noexcept;

 private:
  task<then> read_magic(std::string* magic);
  task<then> serve_readable();
  task<then> serve_on();
  task<then> wait_with(buffer_pool::lease buffers, std::string_view input);
  void log_no_magic(std::string_view magic, error_code error) const;
  task<void> refuse_magic(std::string_view magic);
  task<then> serve(buffer_pool::lease buffers, std::string_view input, turn own);
  protocol::progress execute(std::string_view input, turn own, registry::registration_db& db,
                             std::string& replies);
  bool keep_rest(protocol::progress const& done, std::string_view input, std::string& output);
  task<then> end_input(buffer_pool::lease buffers);
  task<bool> send(buffer_pool::lease buffers);
  task<bool> send_unsent(std::string replies);
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
  log::line(level::info, "TCP: new client(", client_.log_name(), ")");
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
  log::line(level::info, "CLIENT(", client_.log_name(), "): desired protocol magic '", *magic, "'");
  protocol_ = protocol::make_session(*magic, service_.settings, client_.remote_address());
  if (!greeted() || fresh.empty()) {
    co_return greeted() ? then::read_on : then::close;
  }
  co_return co_await serve(std::move(buffers), fresh, service_.turns.first_turn());
}

void lookup_session::log_no_magic(std::string_view magic, error_code error) const {
  auto const reason = client_.end_reason(error);
  bool const broke_off = reason == "EOF" && !magic.empty();
  log::line(end_severity(), "failed to read protocol version - ", broke_off ? "unexpected " : "",
            field{"error", reason});
}

// That clients go when the server stops is no error of theirs.
level lookup_session::end_severity() const noexcept {
  return service_.connections.stopping() ? level::info : level::error;
}

void lookup_session::log_end() const {
  log::line(end_severity(), "client(", client_.log_name(), ") - ", field{"error", end_reason()});
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
  std::string_view rest = reply;
  std::string_view nothing;
  if (!client_.try_write(rest, nothing)) {
    co_await client_.write(rest);
  }
  service_.counters.protocol_errors.add(protocol::bad_protocol);
  log::line(level::error, "client(", client_.log_name(), ") bad protocol magic '", magic, "'");
  warn_of_wrong_port(client_kind::tcp, magic, client_.remote_address());
  co_await client_.linger();
}

task<then> lookup_session::serve_readable() {
  auto buffers = service_.buffers.take();
  auto const size = client_.read_some(buffers->input, end_);
  if (size != 0) {
    auto const input = client_.held_with({buffers->input.data(), size});
    if (input.size() > large_input && service_.memory.has_room(input.size())) {
      co_return co_await wait_with(std::move(buffers), input);
    }
    co_return co_await serve(std::move(buffers), input, service_.turns.first_turn());
  }
  if (end_ == asio::error::would_block) {
    co_return then::read_on;
  }
  if (end_ == asio::error::eof) {
    co_return co_await end_input(std::move(buffers));
  }
  co_return then::close;
}

task<then> lookup_session::wait_with(buffer_pool::lease buffers, std::string_view input) {
  if (keep_rest({.more = true}, input, buffers->output)) {
    co_return then::serve_on;
  }
  co_await send(std::move(buffers));
  co_return then::be_refused;
}

task<then> lookup_session::serve_on() {
  co_await service_.turns.wait();
  auto buffers = service_.buffers.take();
  auto const input = client_.held_with({});
  co_return co_await serve(std::move(buffers), input, turn::full());
}

// Executes what has come in, a turn's worth at most, and sends the replies to all of it in one
// write.
task<then> lookup_session::serve(buffer_pool::lease buffers, std::string_view input, turn own) {
  auto const began = std::chrono::steady_clock::now();
  auto const visit = [&](registry::registration_db& db) {
    return execute(input, own, db, buffers->output);
  };
  auto const done = co_await service_.actor.run(visit);
  service_.counters.command_duration.observe(std::chrono::steady_clock::now() - began);
  bool const goes_on = keep_rest(done, input, buffers->output);
  if (!co_await send(std::move(buffers))) {
    co_return then::close;
  }
  set_deadline(done);
  if (!goes_on) {
    co_return then::be_refused;
  }
  co_return done.more ? then::serve_on : then::read_on;
}

protocol::progress lookup_session::execute(std::string_view input, turn own,
                                           registry::registration_db& db, std::string& replies) {
  auto const now = service_.now();
  protocol::progress done;
  do {
    auto const before = done.consumed;
    done = protocol_->consume(input.substr(before), db, now, replies, commands_at_a_time);
    done.consumed += before;
  } while (done.more && replies.size() < enough_output && !own.is_over());
  return done;
}

// Input that is not executed yet waits for its rest. False when the client is to go.
bool lookup_session::keep_rest(protocol::progress const& done, std::string_view input,
                               std::string& output) {
  auto const rest = done.close ? std::string_view{} : input.substr(done.consumed);
  if (!client_.hold(rest, protocol_->identified())) {
    refusal_ = too_much_input;
    protocol::append_frame(refusal_, output);
    service_.counters.protocol_errors.add("E_INVALID");
    log::limited_line(level::error, {"too much unfinished input"}, "[", client_.log_name(), "] - ",
                      field{"error", refusal_}, " (--max-input-memory)");
  }
  return !done.close && refusal_.empty();
}

// A command must end in time once it has begun; between commands only a producer may be timed, and
// not while it waits for the server.
void lookup_session::set_deadline(protocol::progress const& done) {
  bool const ended_one = done.consumed != 0;
  bool const is_between_commands = ended_one && !done.mid_command;
  if (done.more || (is_between_commands && !protocol_->identified())) {
    client_.disarm();
  } else if (is_between_commands) {
    client_.arm(deadline::producer_idle);
  } else if (ended_one) {
    client_.arm(deadline::command);
  } else if (done.mid_command) {
    client_.keep_armed(deadline::command);
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
  std::string_view nothing;
  if (client_.try_write(rest, nothing)) {
    co_return true;
  }
  // It may take long: meanwhile only what is unsent is held.
  std::string unsent{rest};
  {
    auto const given_back = std::move(buffers);
  }
  co_return co_await send_unsent(std::move(unsent));
}

task<bool> lookup_session::send_unsent(std::string replies) {
  if (!client_.hold_output(replies.capacity(), protocol_->identified())) {
    refusal_ = too_much_output;
    co_return false;
  }
  end_ = co_await client_.write(replies);
  client_.disarm();
  static_cast<void>(client_.hold_output(0, false));
  co_return !end_;
}

task<void> lookup_session::leave() {
  auto const depart = [this](registry::registration_db& db) {
    protocol_->leave(db);
    return true;
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
    while (next == then::read_on || next == then::serve_on) {
      if (next == then::read_on) {
        auto const [error] = co_await session->client().wait_readable();
        if (error) {
          session->note_end(error);
          break;
        }
      }
      next = co_await session->serve_next(next);
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
