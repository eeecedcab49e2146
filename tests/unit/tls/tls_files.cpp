// SPDX-License-Identifier: MIT
#include "tls_files.hpp"

#include <stdexcept>

namespace nsqlookupd::tls::test {

tls_files::tls_files() {
  auto const server = authority.issue("server");
  settings.certificate_file = directory.write("server.pem", server.certificate);
  settings.key_file = directory.write("server.key", server.key);
  settings.root_ca_file = directory.write("root.pem", authority.root());
}

context make_context(tls::settings const& from) {
  return context{from};
}

std::string why_not(tls::settings const& from) {
  try {
    static_cast<void>(make_context(from));
  } catch (std::runtime_error const& error) {
    return error.what();
  }
  return {};
}

}  // namespace nsqlookupd::tls::test
