// SPDX-License-Identifier: MIT
//
// From what a process was started with to what it shall do. Nothing in here prints or exits.
#pragma once

#include <nsqlookupd/config/options.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nsqlookupd::config {

/// Start the server.
struct run_server {
  options settings;
  /// Lines to log at level warning, such as one for each unknown key of the config file.
  std::vector<std::string> warnings;
};

/// Ask a running server at `http_address` for `path`, and exit with 0 when it says 200, else 1.
struct check_health {
  std::string http_address;
  std::string path;
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

/// What a process shall do.
using outcome =
    std::variant<run_server, check_health, make_token_line, print_and_exit, fatal_error>;

/// Looks up an environment variable: its value, which may be empty, or nothing if it is not set.
using environment = std::function<std::optional<std::string>(std::string const& name)>;

/// The variables of this process. Not to be called while another thread changes them.
[[nodiscard]] std::optional<std::string> process_environment(std::string const& name);

/// Reads flags (in Go's style), environment (`NSQLOOKUPD_` and the flag in capitals) and the config
/// file; a flag beats the environment, which beats the file, which beats the default. The file
/// named by `-config` is read here.
///
/// A first argument `healthcheck`, with flags behind it, asks for check_health at the address that
/// a server with these settings listens on. An argument between the two that begins with a slash is
/// the path, which is `/ping` otherwise. `hash-token <name> <read|write>` asks for make_token_line.
///
/// `argc`, `argv`: as main() gets them. `variable`: where the environment is looked up.
[[nodiscard]] outcome parse(int argc, char const* const* argv, environment const& variable);

}  // namespace nsqlookupd::config
