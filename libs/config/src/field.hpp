// SPDX-License-Identifier: MIT
//
// The kinds of settings there are: where the value goes, which texts are one, how it is shown.
#pragma once

#include <nsqlookupd/config/options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace nsqlookupd::config {

/// All that flags can say: the options, and what concerns only their parsing.
struct values : options {
  std::string config;
  bool version = false;
  bool verbose = false;
  bool debug = false;
};

struct text_field {
  std::string values::* member;
};

struct switch_field {
  bool values::* member;
};

struct duration_field {
  std::chrono::nanoseconds values::* member;
  std::chrono::nanoseconds least;
};

struct count_field {
  std::size_t values::* member;
  std::int64_t least;
  std::int64_t most;
};

/// A choice from a short list, in any case of letters.
template <class Enum>
struct choice_field {
  struct choice {
    std::string_view name;
    Enum value;
  };

  Enum values::* member;
  /// What is chosen, for the error.
  std::string_view what;
  std::span<choice const> choices;
};

using field = std::variant<text_field, switch_field, duration_field, count_field,
                           choice_field<log::level>, choice_field<log::line_format>,
                           choice_field<access_log>, choice_field<client_error_policy>,
                           choice_field<tls_client_auth_policy>, choice_field<tls_version>>;

/// Why a text is not a value of a field.
struct rejection {
  std::string reason;
  /// The text is no such value at all, rather than one out of bounds. Go's flags do not tell more.
  bool malformed = false;
};

/// A value of the config file, brought down to what matters here.
struct file_value {
  enum class kind { string, integer, boolean, other };

  kind type;
  /// The value as text; of an array or a table, no more than that it is one.
  std::string text;
  std::size_t line;
};

/// Sets the field in `target` from the text of a flag or a variable, or says why not.
[[nodiscard]] std::optional<rejection> assign(field const& to, values& target,
                                              std::string_view text);

/// Sets the field in `target` from a value of the config file, or says why not. For a duration, an
/// integer is milliseconds.
[[nodiscard]] std::optional<rejection> assign(field const& to, values& target,
                                              file_value const& value);

/// The name of the field's type in the usage text; empty for a switch.
[[nodiscard]] std::string_view type_name(field const& of);

/// The field's value in `source` as the usage text shows a default; empty if there is none to show.
[[nodiscard]] std::string shown(field const& of, values const& source);

[[nodiscard]] bool is_switch(field const& asked);

}  // namespace nsqlookupd::config
