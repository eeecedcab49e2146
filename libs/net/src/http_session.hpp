// SPDX-License-Identifier: MIT
//
// A session of the HTTP API. http_session.cpp reads its requests, http_replies.cpp answers them.
#pragma once

#include <nsqlookupd/http/reply.hpp>
#include <nsqlookupd/http/request_parser.hpp>
#include <nsqlookupd/http_api/routes.hpp>
#include <nsqlookupd/net/connection.hpp>
#include <nsqlookupd/net/http_session.hpp>

#include "watching.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::net {

// Bytes of replies to pipelined requests that gather before they are sent.
inline constexpr std::size_t enough_output = std::size_t{64} << 10U;

// The session's next step: wait for input, of which none had come, or some was served; serve on
// in another turn, for there is input left; close.
enum class step : std::uint8_t { wait, read, serve_on, close };

class http_session final : public resumable {
 public:
  http_session(accepted_client accepted, http_service const& service)
      : service_{service},
        counted_{service.counters.http_connections},
        before_{std::move(accepted.before)},
        client_{std::move(accepted), before_.get(), service.connections, service.memory, *this},
        parser_{service.max_body_size, service.access_control != nullptr} {}

  // Owns itself, so that one frame is all that an idle client costs.
  task<void> run(std::unique_ptr<http_session> owner);

  [[nodiscard]] bool is_idle() const override;
  [[nodiscard]] std::optional<saved_client> save() const override;
  void end_tls() override { client_.close_tls(); }

 private:
  [[nodiscard]] step begin();
  task<step> serve(step from);
  task<bool> answer_requests(std::string_view* input, std::string* output, turn own);
  task<void> end_input(std::string* output);
  task<void> answer_without_body(std::string* output);
  task<void> answer_request(std::string* output);
  http::reply respond(http_api::request const& asked, registry::registration_db& db,
                      registry::time_point now);
  void answer(http::reply& reply, std::string& output);
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
  // The state that it goes on from, until it does; null when it has begun here.
  std::unique_ptr<saved_client> before_;
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

}  // namespace nsqlookupd::net
