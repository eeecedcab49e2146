// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/tls/engine.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

struct ssl_ctx_st;

namespace nsqlookupd::tls {

/// What is asked of a client's certificate, as nsqd's `-tls-client-auth-policy` names it.
enum class client_auth : std::uint8_t {
  none,
  /// There must be one, whoever has signed it.
  require,
  /// There must be one that a root certificate vouches for.
  require_verify
};

enum class version : std::uint8_t { tls_1_0, tls_1_1, tls_1_2, tls_1_3 };

/// How a server speaks TLS. The files are PEM.
struct settings {
  /// The server's certificate, and behind it those that lead to its root.
  std::string certificate_file;
  std::string key_file;
  /// Whom clients' certificates are to be signed by; may be empty unless they are verified.
  std::string root_ca_file;
  client_auth policy = client_auth::none;
  version min_version = version::tls_1_2;
};

/// What the TLS connections of a server have in common. Does not change: for another certificate
/// there is another context, and the connections of the old one go on. Thread-safe.
class context {
 public:
  using time_point = std::chrono::system_clock::time_point;

  /// Reads the files. Throws std::runtime_error with one line that names the file, or the setting,
  /// and what is wrong with it: not there, no PEM, a key that is not the certificate's, a
  /// certificate that is not valid at `now`.
  context(settings const& from, time_point now);

  /// A connection that begins. Throws std::bad_alloc.
  [[nodiscard]] std::unique_ptr<engine> new_engine() const;

  /// The end of the certificate's validity, such as `2027-01-31 12:00:00 UTC`.
  [[nodiscard]] std::string const& valid_until() const noexcept { return valid_until_; }

 private:
  std::shared_ptr<ssl_ctx_st> context_;
  bool verifies_peer_;
  std::string valid_until_;
};

}  // namespace nsqlookupd::tls
