// SPDX-License-Identifier: MIT
//
// From what a process was started with to what it shall do. Nothing in here prints or exits.
#pragma once

#include <nsqlookupd/config/options.hpp>

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace nsqlookupd::config {

/// Start the server.
struct run_server {
  options settings;
  /// Lines to log at level warning, such as one for each unknown key of the config file.
  std::vector<std::string> warnings;
};

/// A setting as a server would use it.
struct used_setting {
  /// The flag, without its dash.
  std::string name;
  std::string value;
  /// `flag`, the name of a variable, `FILE:LINE`, or `default`.
  std::string source;
};

/// Say what a server with these settings would use, and exit with 0, or with 1 when something is
/// wrong.
struct check_settings {
  options settings;
  std::vector<used_setting> used;
  /// A line for each value that is refused, and for values that do not go together.
  std::vector<std::string> faults;
  /// A line for each unknown name, and for settings without effect.
  std::vector<std::string> warnings;
  /// Whether a warning counts as a fault.
  bool strict;
};

/// Ask a running server at `http_address` for `path`, and exit with 0 when it says 200, else 1.
struct check_health {
  std::string http_address;
  std::string path;
};

/// Print the producers of topics as they come and go, until a signal ends the process.
struct watch_topics {
  std::string http_address;
  /// At least one; not checked yet.
  std::vector<std::string> topics;
  /// For `/bin/sh` to run after each change; empty: nothing.
  std::string exec;
  /// Where the token for the server is read from; empty: none is shown.
  std::string token_file;
};

/// Make a line for the file of `-http-auth-file` of a token on stdin, and exit.
struct make_token_line {
  std::string name;
  /// `read` or `write`; not checked yet.
  std::string right;
};

/// Write `text` as it is, line ends included, and exit.
struct print_and_exit {
  enum class stream { out, error };

  std::string text;
  stream to;
  int exit_code;
};

/// Log `message` at level fatal and exit with 1. The line carries no prefix, time or level yet.
struct fatal_error {
  std::string message;
};

/// The task of a process.
using action = std::variant<run_server, check_settings, check_health, watch_topics, make_token_line,
                            print_and_exit, fatal_error>;

/// Looks up an environment variable: its value, or nothing if it is not set or empty.
using environment = std::function<std::optional<std::string>(std::string const& name)>;

/// The variables of this process. Not to be called while another thread changes them.
[[nodiscard]] std::optional<std::string> process_environment(std::string const& name);

/// The names of this process' variables that begin with `NSQLOOKUPD_` and are not empty. Not to be
/// called while another thread changes them.
[[nodiscard]] std::vector<std::string> process_variables();

/// Reads flags (in Go's style), environment (`NSQLOOKUPD_` and the flag in capitals) and the config
/// file; a flag beats the environment, which beats the file, which beats the default. The file
/// named by `-config` is read here.
///
/// A first argument without a dash is a command: `help`, `version`, `check`, `healthcheck`,
/// `hash-token` or `watch`; each has a `-h` of its own. Another word, or an argument that is left
/// over, is misuse: one line on stderr, and exit code 2.
///
/// `argc`, `argv`: as main() gets them. `variable`: where the environment is looked up.
/// `variables`: the names in it that begin with `NSQLOOKUPD_`; one that is no setting's is warned
/// of.
[[nodiscard]] action parse(int argc, char const* const* argv, environment const& variable,
                           std::vector<std::string> const& variables = {});

}  // namespace nsqlookupd::config
