// SPDX-License-Identifier: MIT
#pragma once

#include "certificate_authority.hpp"
#include "http_client.hpp"
#include "lookup_client.hpp"
#include "running_server.hpp"
#include "scratch_directory.hpp"

#include <string>

namespace nsqlookupd::test_support {

/// The files of a server that speaks TLS, and the settings that name them: all four listeners on
/// free ports of the loopback.
struct tls_world {
  tls_world() {
    renew("server");
    settings.tls_cert = directory.path("server.pem");
    settings.tls_key = directory.path("server.key");
    settings.tls_root_ca_file = directory.write("root.pem", authority.root());
    settings.tcp_tls_address = "127.0.0.1:0";
    settings.https_address = "127.0.0.1:0";
  }

  /// Puts another certificate, of this name, in the place of the server's.
  void renew(std::string const& name, validity valid = {}) const {
    auto const own = authority.issue(name, valid);
    directory.write("server.key", own.key);
    directory.write("server.pem", own.certificate);
  }

  /// How a client speaks TLS that shows no certificate.
  [[nodiscard]] tls_settings client() const { return {authority.root()}; }

  [[nodiscard]] http_client https_client(running_server const& server,
                                         tls_settings const& how) const {
    http_client result{server.https_port()};
    result.start_tls(how);
    return result;
  }
  [[nodiscard]] http_client https_client(running_server const& server) const {
    return https_client(server, client());
  }
  [[nodiscard]] lookup_client lookup_client_over_tls(running_server const& server) const {
    return {server.tcp_tls_port(), client()};
  }

  certificate_authority authority;
  scratch_directory directory;
  config::options settings = loopback_options();
};

}  // namespace nsqlookupd::test_support
