// SPDX-License-Identifier: MIT
#pragma once

#include "certificate_authority.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct ssl_st;

namespace nsqlookupd::test_support {

/// How a client speaks TLS.
struct tls_settings {
  /// The authority that signs the server's certificate, in PEM.
  std::string root;
  std::optional<identity> own = {};
  /// Whether the server's certificate must be valid now.
  bool minds_the_time = true;
};

/// A client's side of TLS on a connected socket. Everything throws std::runtime_error when it fails
/// or does not happen in time.
class tls_layer {
 public:
  /// Shakes hands.
  tls_layer(int descriptor, tls_settings const& how);

  void send(std::string_view bytes) const;

  /// Waits for input and reads some; 0 at its end, if the server has said that it is the end.
  [[nodiscard]] std::size_t read_some(std::span<char> into) const;

  [[nodiscard]] bool has_input() const;

  /// Says that no more is sent.
  void finish_sending() const;

  /// The common name in the server's certificate.
  [[nodiscard]] std::string server_name() const;

 private:
  std::shared_ptr<ssl_st> ssl_;
};

}  // namespace nsqlookupd::test_support
