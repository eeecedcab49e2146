// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

struct ssl_st;
struct ssl_ctx_st;

namespace nsqlookupd::tls {

/// A file of PEM, and the setting that names it.
struct named_file {
  std::string setting;
  /// Empty: none.
  std::string path;
};

/// How a client speaks TLS.
struct client_settings {
  /// The authorities that sign the server's certificate; none: those that the system trusts.
  named_file root_ca;
  /// The client's own certificate and its key: both or neither.
  named_file certificate;
  named_file key;
};

/// The common settings of a client's TLS connections, of version 1.2 or later. The server's
/// certificate is always verified. It does not change. Thread-safe.
class client_context {
 public:
  /// Reads the files. Throws std::runtime_error with one line that names the setting and the file,
  /// and the fault.
  explicit client_context(client_settings const& from);

  /// One more reference to OpenSSL's object, to be owned by another.
  [[nodiscard]] ssl_ctx_st* new_reference() const;

 private:
  std::shared_ptr<ssl_ctx_st> context_;
};

/// The handshake that is to come is with this server: `host`, a name or an address, must be in its
/// certificate. Throws std::runtime_error when it is neither.
void expect_server(ssl_st* connection, std::string const& host);

/// Why the certificate of the server was not taken: ` - self-signed certificate`. Empty if it was.
[[nodiscard]] std::string reason_of_distrust(ssl_st* connection);

}  // namespace nsqlookupd::tls
