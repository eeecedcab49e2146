// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/net/connection.hpp>
#include <nsqlookupd/net/lookup_session.hpp>
#include <nsqlookupd/protocol/frame.hpp>
#include <nsqlookupd/protocol/v1_session.hpp>

#include "wrong_port.hpp"
#include <boost/asio/error.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
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

// Commands that are executed between two looks at the clock.
constexpr std::size_t commands_at_a_time = 16;

// More input than this is served in a full turn only: a body of it may be one step that takes as
// long.
constexpr std::size_t large_input = std::size_t{16} << 10U;

// Bytes of replies that gather before they are sent.
constexpr std::size_t enough_output = std::size_t{64} << 10U;

// The session's next step: wait for input; read; serve on in another turn, for there is input
// left; close; close once it has read why.
enum class then : std::uint8_t { wait, read, serve_on, close, be_refused };

class lookup_session final : public resumable {
 public:
  lookup_session(accepted_client accepted, lookup_service const& service);

  // Owns itself, so that one frame is all that an idle client costs.
  task<void> run(std::unique_ptr<lookup_session> owner);

  [[nodiscard]] bool is_idle() const override { return client_.is_at_rest(); }
  [[nodiscard]] std::optional<saved_client> save() const override;
  void end_tls() override { client_.close_tls(); }

 private:
  task<then> begin();
  [[nodiscard]] then resume(saved_client const& before);
  task<then> serve(then from);
  task<then> read_magic(buffer_pool::lease buffers, std::string_view input);
  task<then> execute_all(buffer_pool::lease buffers, std::string_view input, turn own);
  protocol::progress execute(std::string_view input, turn own, registry::registration_db& db,
                             std::string& replies);
  bool keep_rest(protocol::progress const& done, std::string_view input, std::string& output);
  task<then> end_input(buffer_pool::lease buffers);
  task<bool> send(buffer_pool::lease buffers);
  task<bool> send_unsent();
  void set_deadline(protocol::progress const& done);
  void log_end();
  [[nodiscard]] std::string end_reason() const;
  [[nodiscard]] std::string cause_of_end() const;

  lookup_service const& service_;
  metrics::counted counted_;
  // The state that it goes on from, until it does; null when it has begun here.
  std::unique_ptr<saved_client> before_;
  connection client_;
  // Null until the client has said that it speaks V1.
  std::unique_ptr<protocol::v1_session> protocol_;
  // Why the connection ended.
  error_code end_;
  std::string_view refusal_;
  // The input has ended.
  bool is_over_ = false;
};

lookup_session::lookup_session(accepted_client accepted, lookup_service const& service)
    : service_{service},
      counted_{service.counters.tcp_connections},
      before_{std::move(accepted.before)},
      client_{std::move(accepted), before_.get(), service.connections, service.memory, *this} {
  if (before_ && before_->session) {
    protocol_ =
        protocol::make_session(*before_->session, service.settings, client_.remote_address());
  }
}

std::optional<saved_client> lookup_session::save() const {
  auto saved = is_over_ || !is_idle() ? std::nullopt : client_.save();
  if (saved) {
    saved->kind = client_kind::tcp;
    saved->is_closing = !refusal_.empty() || (before_ && before_->is_closing);
    if (protocol_) {
      saved->session = protocol_->save();
      saved->is_closing = saved->is_closing || !saved->session->fatal_error.empty();
    }
  }
  return saved;
}

// The first step. Most clients have sent their magic by the time they are accepted, and commands
// with it.
task<then> lookup_session::begin() {
  if (!before_) {
    log::line(level::info, "TCP: new client(", client_.log_name(), ")");
    client_.arm(deadline::command);
    co_return then::read;
  }
  bool is_sent = true;
  if (client_.has_unsent()) {
    is_sent = co_await send_unsent();
  }
  auto const before = std::move(before_);
  co_return is_sent ? resume(*before) : then::close;
}

then lookup_session::resume(saved_client const& before) {
  bool const is_lost = client_.input_with({}).size() != before.input.size();
  if (before.is_closing || is_lost) {
    if (!protocol_) {
      refusal_ = protocol::bad_protocol;
    } else if (protocol_->fatal_error().empty()) {
      refusal_ = too_much_input;
    }
    return then::be_refused;
  }
  if (!protocol_ || before.session->next != 0) {
    client_.arm(deadline::command);
  } else if (protocol_->identified()) {
    client_.arm(deadline::producer_idle);
  }
  return protocol_ && !before.input.empty() ? then::serve_on : then::wait;
}

// Serves what has come in, a turn's worth at most.
task<then> lookup_session::serve(then from) {
  bool const is_full_turn = from == then::serve_on;
  if (is_full_turn) {
    co_await service_.turns.wait();
  }
  if (service_.turns.are_paused()) {
    co_await service_.turns.wait_for_pause();
  }
  connection::rest_scope const under_way{client_, false};
  auto buffers = service_.buffers.take();
  std::string_view fresh;
  if (!is_full_turn) {
    fresh = {buffers->input.data(), client_.read_some(buffers->input, end_)};
    if (fresh.empty()) {
      co_return co_await end_input(std::move(buffers));
    }
  }
  auto const input = client_.input_with(fresh);
  if (!protocol_) {
    co_return co_await read_magic(std::move(buffers), input);
  }
  if (!is_full_turn && input.size() > large_input && service_.memory.has_space(input.size())) {
    bool const fits = keep_rest({.more = true}, input, buffers->output);
    if (!fits) {
      co_await send(std::move(buffers));
    }
    co_return fits ? then::serve_on : then::be_refused;
  }
  auto const own = is_full_turn ? turn::full() : service_.turns.first_turn();
  co_return co_await execute_all(std::move(buffers), input, own);
}

// Begins the protocol, and serves what came behind the magic, too.
task<then> lookup_session::read_magic(buffer_pool::lease buffers, std::string_view input) {
  auto const magic = input.substr(0, protocol::magic_size);
  if (magic.size() == protocol::magic_size) {
    log::line(level::info, "CLIENT(", client_.log_name(), "): desired protocol magic '", magic,
              "'");
    protocol_ = protocol::make_session(magic, service_.settings, client_.remote_address());
    if (!protocol_) {
      refusal_ = protocol::bad_protocol;
      log::line(level::error, "client(", client_.log_name(), ") bad protocol magic '", magic, "'");
      warn_of_wrong_port(client_kind::tcp, magic, client_.remote_address());
      service_.counters.protocol_errors.add(refusal_);
      protocol::append_frame(refusal_, buffers->output);
      co_await send(std::move(buffers));
      co_return then::be_refused;
    }
    input.remove_prefix(magic.size());
  }
  // So few bytes take no memory.
  if (!protocol_ || input.empty()) {
    static_cast<void>(client_.hold(input, false));
    co_return then::wait;
  }
  co_return co_await execute_all(std::move(buffers), input, service_.turns.first_turn());
}

// Executes what has come in, a turn's worth at most, and sends the replies to all of it in one
// write.
task<then> lookup_session::execute_all(buffer_pool::lease buffers, std::string_view input,
                                       turn own) {
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
  co_return done.more ? then::serve_on : then::wait;
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
                      field{"error", refusal_}, " (-max-input-memory)");
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

// There is nothing to read: not yet, or, as end_ tells, not any more.
task<then> lookup_session::end_input(buffer_pool::lease buffers) {
  if (end_ == asio::error::would_block) {
    co_return then::wait;
  }
  if (!protocol_) {
    co_return client_.tls_failure().empty() ? then::close : then::be_refused;
  }
  is_over_ = true;
  // Half a command has no answer when it is the server that stops.
  if (end_ == asio::error::eof && !service_.connections.stopping()) {
    protocol_->end_input(client_.input_with({}), buffers->output);
    co_await send(std::move(buffers));
  }
  co_return then::close;
}

// False when the client is gone.
task<bool> lookup_session::send(buffer_pool::lease buffers) {
  client_.send(buffers->output);
  if (!client_.has_unsent()) {
    co_return true;
  }
  // It may take long: meanwhile only what is unsent is held.
  buffers.reset();
  co_return co_await send_unsent();
}

task<bool> lookup_session::send_unsent() {
  connection::rest_scope const until_taken{client_, true};
  end_ = co_await client_.send_unsent(protocol_ && protocol_->identified());
  if (end_ == asio::error::no_buffer_space) {
    refusal_ = connection::too_much_unsent;
  }
  co_return !end_;
}

// That clients go when the server stops is no error of theirs.
void lookup_session::log_end() {
  auto const severity = service_.connections.stopping() ? level::info : level::error;
  if (protocol_) {
    log::line(severity, "client(", client_.log_name(), ") - ", field{"error", end_reason()});
  } else if (refusal_.empty()) {
    auto const reason = client_.end_reason(end_);
    bool const broke_off = reason == "EOF" && !client_.input_with({}).empty();
    log::line(severity, "failed to read protocol version - ", broke_off ? "unexpected " : "",
              field{"error", reason});
  }
}

std::string lookup_session::end_reason() const {
  if (!refusal_.empty()) {
    return std::string{refusal_};
  }
  auto const fatal = protocol_->fatal_error();
  return fatal.empty() ? client_.end_reason(end_) : std::string{fatal};
}

// For the journal, which wants fewer words than the log.
std::string lookup_session::cause_of_end() const {
  if (client_.missed_deadline() == deadline::producer_idle) {
    return "idle";
  }
  return end_ == asio::error::connection_reset ? "reset by peer" : end_reason();
}

task<void> lookup_session::run(std::unique_ptr<lookup_session> owner) {
  auto const self = std::move(owner);
  auto next = then::close;
  std::exception_ptr failure;
  try {
    next = co_await begin();
    while (next <= then::serve_on) {
      if (next == then::wait) {
        auto const [error] = co_await client_.wait_readable();
        if (error) {
          end_ = error;
          break;
        }
      }
      next = co_await serve(next);
    }
  } catch (...) {
    failure = std::current_exception();
  }
  is_over_ = true;
  if (protocol_) {
    auto const cause = failure ? std::string{"exception"} : cause_of_end();
    auto const leave = [&](registry::registration_db& db) {
      protocol_->leave(db, service_.now(), cause);
      return true;
    };
    co_await service_.actor.run(leave);
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
  log_end();
  if (next == then::be_refused) {
    co_await client_.linger();
  }
}

}  // namespace

task<void> run_lookup_session(accepted_client accepted, lookup_service const& service) {
  auto session = std::make_unique<lookup_session>(std::move(accepted), service);
  auto& self = *session;
  return self.run(std::move(session));
}

}  // namespace nsqlookupd::net
