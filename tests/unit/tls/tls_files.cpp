// SPDX-License-Identifier: MIT
#include "tls_files.hpp"

#include "error_of.hpp"

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

std::string error_of(tls::settings const& from) {
  return test_support::error_of([&] { return make_context(from); });
}

}  // namespace nsqlookupd::tls::test
