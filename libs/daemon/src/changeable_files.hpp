// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/options.hpp>

#include "certificates.hpp"
#include "token_file.hpp"

#include <memory>
#include <optional>

namespace nsqlookupd {

/// What is read from files at start and again while the server runs, each where the settings ask
/// for it: certificates and tokens. Not for several threads.
class changeable_files {
 public:
  /// Throws std::runtime_error with one line when something is not good.
  explicit changeable_files(config::options const& settings);

  [[nodiscard]] bool are_any() const noexcept { return certificates_ || tokens_; }

  /// For a client that connects now on a TLS port.
  [[nodiscard]] std::unique_ptr<tls::engine> new_engine() const {
    return certificates_->new_engine();
  }

  /// Null when anybody may do anything. Good for as long as this.
  [[nodiscard]] auth::access_control const* access_control() const noexcept {
    return tokens_ ? &tokens_->access_control() : nullptr;
  }

  void log_state() const;
  void reload();
  void reload_if_changed();

 private:
  std::optional<certificates> certificates_;
  std::optional<token_file> tokens_;
};

}  // namespace nsqlookupd
