// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/protocol/client_error.hpp>
#include <nsqlookupd/protocol/command.hpp>
#include <nsqlookupd/protocol/session.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {

/// Protocol V1 (docs/PROTOCOL.md): PING, IDENTIFY, REGISTER, UNREGISTER, and the ANNOUNCE of 2012.
class v1_session final : public session {
 public:
  static constexpr std::string_view magic = "  V1";

  /// `settings` and `remote_address` must outlive the session. `from`: the state that it goes on
  /// from.
  v1_session(session_settings const& settings, std::string_view remote_address,
             saved_session const& from = {});

  progress consume(std::string_view input, registry::registration_db& db, registry::time_point now,
                   std::string& replies, std::size_t max_commands) override;
  void end_input(std::string_view rest, std::string& replies) override;
  void leave(registry::registration_db& db, registry::time_point now,
             std::string_view cause) override;
  [[nodiscard]] saved_session save() const override;
  [[nodiscard]] bool identified() const noexcept override { return producer_.has_value(); }
  [[nodiscard]] std::string_view fatal_error() const noexcept override { return fatal_error_; }

 private:
  using maybe_error = std::optional<client_error>;

  // The next bytes are one of these.
  enum class expect : std::uint8_t { line, body_size, body };
  // The command that a body belongs to.
  enum class body_of : std::uint8_t { identify, announce, refused_identify };

  struct announcement {
    std::string topic;
    std::string channel;
    std::string port;
  };

  // The arguments of one consume(), but for the input.
  struct context {
    registry::registration_db& db;
    registry::time_point now;
    std::string& replies;
  };

  // Takes one line, size or body off `input`; false when it is not all there.
  bool take_next(std::string_view& input, context const& with);
  bool take_line(std::string_view& input, context const& with);
  bool take_body_size(std::string_view& input, std::string& replies);
  bool take_body(std::string_view& input, context const& with);
  bool drop_body(std::string_view& input);

  maybe_error execute(command const& request, context const& with);
  void ping(context const& with);
  maybe_error expect_identify();
  maybe_error expect_announce(command const& request);
  maybe_error unregister(command const& request, registry::registration_db& db);
  maybe_error identify(std::string_view body, context const& with);
  maybe_error announce(std::string_view body, context const& with);

  void become_producer(std::string_view how, registry::peer_info peer, context const& with);
  void resign(registry::registration_db& db, std::string_view cause);
  maybe_error add_registration(std::string_view command, std::string_view topic,
                               std::string_view channel, registry::registration_db& db);
  void refuse(client_error const& error, std::string& replies);
  [[nodiscard]] std::string_view body_command() const noexcept;

  session_settings const& settings_;
  std::string_view remote_address_;
  std::string fatal_error_;
  std::unique_ptr<announcement> announcement_;
  std::optional<registry::producer_id> producer_;
  std::uint32_t body_size_ = 0;
  expect next_ = expect::line;
  body_of body_of_ = body_of::identify;
  bool closing_ = false;
  // The command that was executed last has more to do.
  bool is_unfinished_ = false;
};

}  // namespace nsqlookupd::protocol
