// SPDX-License-Identifier: MIT
//
// The one table of settings. Flags, environment, config file and usage text all read it.
#pragma once

#include <nsqlookupd/config/options.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nsqlookupd::config {

/// All that flags can say: the options, and what concerns only their parsing.
struct values : options {
  std::string config;
  bool version = false;
  bool verbose = false;
  bool debug = false;
};

/// A value of an enumeration, by its name in any case of letters.
struct choice {
  /// The subject of the choice, for the error.
  std::string_view subject;
  /// Names of the values in their order, as the usage text shows them. Empty ones at the end do
  /// not count.
  std::array<std::string_view, 5> names;
  std::size_t (*get)(values const& from);
  void (*set)(values& to, std::size_t position);
};

/// Where a value goes. Its type says which texts are one.
using field =
    std::variant<std::string values::*, bool values::*, std::chrono::nanoseconds values::*,
                 std::size_t values::*, choice, std::vector<std::string> values::*>;

/// The bounds of a count, or of a duration in nanoseconds.
struct bounds {
  std::int64_t least = 0;
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  /// A count of bytes, which may have a unit: `256MiB`.
  bool bytes = false;
  /// A duration without a fraction of a second.
  bool whole_seconds = false;
};

/// Says why a text, or a part of a list, is refused; an empty reason is none.
using text_rule = std::string (*)(std::string_view text);

/// Where a setting can be given.
enum class reach { flag, flag_and_environment, everywhere };

struct setting {
  /// The flag, without its dash.
  std::string_view name;
  /// Its meaning, as the usage text says it.
  std::string_view meaning;
  config::field field;
  config::bounds bounds = {};
  config::reach reach = reach::everywhere;
  /// The title of the group that begins with this setting, if one does.
  std::string_view group = {};
  /// For a string and a list of strings; null: every text is one.
  text_rule rule = nullptr;
};

[[nodiscard]] std::span<setting const> settings();

/// The setting whose flag is `name`, or null.
[[nodiscard]] setting const* find_setting(std::string_view name);

/// The beginning of all variables' names.
inline constexpr std::string_view variable_prefix = "NSQLOOKUPD_";

/// The environment variable of a setting: `NSQLOOKUPD_TCP_ADDRESS`.
[[nodiscard]] std::string variable_name(setting const& of);

/// The key of a setting in the config file: `tcp_address`.
[[nodiscard]] std::string file_key(setting const& of);

/// Whether it is true or false, so that its flag needs no value.
[[nodiscard]] inline bool is_switch(setting const& asked) {
  return std::holds_alternative<bool values::*>(asked.field);
}

}  // namespace nsqlookupd::config
