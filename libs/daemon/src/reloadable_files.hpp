// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/auth/access_control.hpp>
#include <nsqlookupd/config/options.hpp>
#include <nsqlookupd/tls/context.hpp>
#include <nsqlookupd/tls/stream.hpp>

#include "reloadable.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd {

/// Says when it is time to repeat what is still wrong: at once, and then once a day.
class reminder {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// To be called again and again while something is wrong. True when it is time to say so.
  [[nodiscard]] bool is_due(time_point now);

  /// The next time is at once.
  void reset() noexcept { next_.reset(); }

 private:
  std::optional<time_point> next_;
};

/// Certificates and tokens, each where the settings name its files. They are read at start and
/// again while the server runs; connections that stand are not touched. Not for several threads,
/// unless it says so.
class reloadable_files {
 public:
  /// Reads them. Throws std::runtime_error with one line when they, or the settings, are not good.
  /// `settings` must outlive this.
  explicit reloadable_files(config::options const& settings);

  [[nodiscard]] bool are_any() const noexcept { return certificate_ || tokens_; }

  /// For a client that connects now on a TLS port.
  [[nodiscard]] std::unique_ptr<tls::stream> new_stream(int socket) const {
    return certificate_->value()->new_stream(socket);
  }

  /// Null when anybody may do anything. Good for as long as this. Any thread.
  [[nodiscard]] auth::access_control const* access_control() const noexcept {
    return access_control_ ? &*access_control_ : nullptr;
  }

  /// The end of the certificate's validity, in seconds since 1970; nothing where there is none. Any
  /// thread.
  [[nodiscard]] std::optional<std::int64_t> certificate_expiry() const noexcept;

  /// Each setting that names files, and whether these were good when last read. Any thread.
  [[nodiscard]] std::vector<std::pair<std::string_view, bool>> reloads() const;

  /// Says in the log how long the certificate is valid and how many tokens there are.
  void log_state();

  /// Reads them again: all of them, on SIGHUP, or only those that do not look as they did. Takes a
  /// certificate that is not valid now, since the old one is no better for long, and repeats once a
  /// day that it is not.
  void reload(reload_when when);

 private:
  void note_expiry();
  void log_certificate();
  void log_tokens() const;
  void remind_of_validity();

  config::options const& settings_;
  std::optional<reloadable<tls::context>> certificate_;
  std::optional<reloadable<auth::token_list>> tokens_;
  std::optional<auth::access_control> access_control_;
  std::atomic<std::int64_t> certificate_expiry_{0};
  reminder reminder_;
};

}  // namespace nsqlookupd
