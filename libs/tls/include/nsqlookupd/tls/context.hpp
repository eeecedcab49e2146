// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/tls/stream.hpp>
#include <nsqlookupd/tls/vocabulary.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

struct ssl_ctx_st;

namespace nsqlookupd::tls {

/// Lets OpenSSL call the new-handler, as operator new does, when it gets no memory. Must come
/// before anything of OpenSSL allocates; afterwards it changes nothing.
void call_new_handler_when_out_of_memory() noexcept;

/// How a server speaks TLS. The files are PEM.
struct settings {
  /// The server's certificate, and behind it those that lead to its root.
  std::string certificate_file;
  std::string key_file;
  /// The authority that signs clients' certificates; may be empty unless they are verified.
  std::string root_ca_file;
  client_auth policy = client_auth::none;
  version min_version = version::tls_1_2;
};

/// When certificates are valid.
struct validity_period {
  std::chrono::system_clock::time_point begin;
  std::chrono::system_clock::time_point end;
};

/// Nothing when `now` is within; else one line, such as `it expired on 2027-01-31 12:00:00 UTC`.
[[nodiscard]] std::string why_invalid(validity_period const& period,
                                      std::chrono::system_clock::time_point now);

/// As the log shows it: `2027-01-31 12:00:00 UTC`.
[[nodiscard]] std::string utc_text(std::chrono::system_clock::time_point time);

/// The common settings of a server's TLS connections. It does not change: another certificate
/// means another context, and the connections of the old one go on. Thread-safe.
class context {
 public:
  /// Reads the files. Throws std::runtime_error with one line that names the file, or the setting,
  /// and what is wrong with it: not there, no PEM, a key that is not the certificate's. A
  /// certificate that is not valid now is taken: see validity().
  explicit context(settings const& from);

  /// A connection that begins; see stream.
  [[nodiscard]] std::unique_ptr<stream> new_stream(int socket) const;

  /// When the server's own certificate is valid. Clients refuse it at other times.
  [[nodiscard]] validity_period const& validity() const noexcept { return validity_; }

  /// From when the first of the root certificates is valid, and until when the last; nothing where
  /// none is needed, because clients' certificates are not verified.
  [[nodiscard]] std::optional<validity_period> const& root_validity() const noexcept {
    return root_validity_;
  }

 private:
  std::shared_ptr<ssl_ctx_st> context_;
  bool verifies_peer_;
  validity_period validity_;
  std::optional<validity_period> root_validity_;
};

}  // namespace nsqlookupd::tls
