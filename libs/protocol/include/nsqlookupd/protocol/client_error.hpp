// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {

/// What went wrong with a client's command, as it is told to the client (SPEC 1, "Errors").
struct client_error {
  /// `E_INVALID`, `E_BAD_TOPIC`, `E_BAD_CHANNEL` or `E_BAD_BODY`.
  std::string_view code;
  std::string text;
  /// Why, for the log alone; may be empty.
  std::string cause;
  /// False when it is not known any more where the next command begins: the connection cannot go
  /// on, whatever the policy.
  bool in_step = true;

  /// The bytes of the reply: code, a space, text.
  [[nodiscard]] std::string message() const;
};

[[nodiscard]] client_error invalid_command(std::string_view name);
[[nodiscard]] client_error must_identify();
[[nodiscard]] client_error cannot_identify_again();
[[nodiscard]] client_error line_too_long(std::size_t limit);
[[nodiscard]] client_error insufficient_params(std::string_view command);
[[nodiscard]] client_error bad_topic(std::string_view command, std::string_view name);
[[nodiscard]] client_error bad_channel(std::string_view command, std::string_view name);
[[nodiscard]] client_error bad_tcp_port(std::string_view command, std::string_view port);
[[nodiscard]] client_error missing_address(std::string_view command);
/// `problem` is `failed to read body size`, `failed to read body`, `failed to decode JSON body` or
/// `missing fields`.
[[nodiscard]] client_error bad_body(std::string_view command, std::string_view problem,
                                    std::string cause = {});

}  // namespace nsqlookupd::protocol
