// SPDX-License-Identifier: MIT
#include <nsqlookupd/tls/client_context.hpp>

#include "error_of.hpp"
#include "tls_files.hpp"
#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::tls::test {
namespace {

struct client_files : tls_files {
  client_settings from{{"the-ca", settings.root_ca_file},
                       {"the-certificate", settings.certificate_file},
                       {"the-key", settings.key_file}};

  [[nodiscard]] std::string error() const {
    return test_support::error_of([&] { return client_context{from}; });
  }
};

TEST(tls_client_context, takes_files_that_fit) {
  client_files files;
  EXPECT_EQ(files.error(), "");
  files.from.certificate.path.clear();
  files.from.key.path.clear();
  EXPECT_EQ(files.error(), "");
  files.from.root_ca.path.clear();
  EXPECT_EQ(files.error(), "");
}

TEST(tls_client_context, names_the_file_that_is_not_there) {
  client_files files;
  files.from.root_ca.path = files.directory.path("none");
  EXPECT_EQ(files.error(),
            "failed to load the-ca " + files.from.root_ca.path + " - No such file or directory");
}

TEST(tls_client_context, names_the_file_that_is_no_pem) {
  client_files files;
  auto const other = files.directory.write("other", "no PEM");
  files.from.certificate.path = other;
  EXPECT_EQ(files.error(),
            "failed to load the-certificate " + other + " - there is no certificate in it, in PEM");
  files.from.certificate.path = files.settings.certificate_file;
  files.from.key.path = other;
  EXPECT_EQ(files.error(),
            "failed to load the-key " + other + " - there is no private key in it, in PEM");
}

TEST(tls_client_context, names_the_key_of_another_certificate) {
  client_files files;
  files.from.key.path = files.directory.write("other.key", files.authority.issue("other").key);
  EXPECT_EQ(files.error(), "failed to load the-key " + files.from.key.path +
                               " - it is not the key of the certificate in " +
                               files.settings.certificate_file);
}

TEST(tls_client_context, needs_certificate_and_key_together) {
  client_files files;
  files.from.key.path.clear();
  EXPECT_EQ(files.error(), "the-certificate and the-key need each other");
}

}  // namespace
}  // namespace nsqlookupd::tls::test
