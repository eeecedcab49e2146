// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/options.hpp>
#include <nsqlookupd/tls/context.hpp>
#include <nsqlookupd/tls/engine.hpp>

#include "watched_files.hpp"

#include <memory>
#include <optional>

namespace nsqlookupd {

/// What the server speaks TLS with, read anew while it runs. Not for several threads.
class certificates {
 public:
  /// Reads the files. Throws std::runtime_error with one line when they, or the settings, are not
  /// good.
  explicit certificates(config::options const& settings);

  /// Says in the log how long the certificate is valid.
  void log_validity() const;

  /// For a client that connects now.
  [[nodiscard]] std::unique_ptr<tls::engine> new_engine() const { return current_->new_engine(); }

  /// Reads the files again. When they are not good, the old ones stay; either way the log has a
  /// line. Connections that stand are not touched.
  void reload();

  /// The same, if one of the files does not look as it did.
  void reload_if_changed();

 private:
  void load();
  void replace();

  tls::settings settings_;
  watched_files files_;
  std::unique_ptr<tls::context const> current_;
};

/// Those that the settings ask for; nothing when they ask for no TLS. Throws std::runtime_error
/// with one line.
[[nodiscard]] std::optional<certificates> load_certificates(config::options const& settings);

/// Whether plain HTTP is to be sent away.
[[nodiscard]] bool requires_tls(config::options const& settings) noexcept;

}  // namespace nsqlookupd
