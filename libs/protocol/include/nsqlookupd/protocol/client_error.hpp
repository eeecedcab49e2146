// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/registration_db.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {

/// An error in a client's command, as the client is told of it (docs/PROTOCOL.md, "Errors").
struct client_error {
  /// `text`: in parts.
  client_error(std::string_view name, std::initializer_list<std::string_view> text,
               std::string why = {});

  /// `E_INVALID`, `E_BAD_TOPIC`, `E_BAD_CHANNEL` or `E_BAD_BODY`.
  std::string_view code;
  /// The bytes of the reply: code, a space, text.
  std::string message;
  /// Why, for the log alone; may be empty.
  std::string cause;
  /// False when it is not known any more where the next command begins: the connection cannot go
  /// on, whatever the policy.
  bool in_step = true;
};

[[nodiscard]] client_error cannot_identify_again();
[[nodiscard]] client_error too_few_params(std::string_view command);
[[nodiscard]] client_error bad_channel(std::string_view command, std::string_view name);
/// `problem`: `failed to read body`, `missing fields` and the like.
[[nodiscard]] client_error bad_body(std::string_view command, std::string_view problem,
                                    std::string cause = {});

/// The error in the names of a command's topic and, unless it is empty, channel.
[[nodiscard]] std::optional<client_error> check_names(std::string_view command,
                                                      std::string_view topic,
                                                      std::string_view channel);

/// The error that tells of a registry's limit.
[[nodiscard]] std::optional<client_error> over_limit(std::string_view command,
                                                     registry::refusal refused,
                                                     registry::limits const& limits);

}  // namespace nsqlookupd::protocol
