// SPDX-License-Identifier: MIT
//
// Files that are not good: one line each, which names the file and what is wrong.
#include <nsqlookupd/tls/context.hpp>

#include "tls_files.hpp"
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>

namespace nsqlookupd::tls::test {
namespace {

using namespace std::chrono_literals;

std::string encrypted(std::string const& key) {
  std::unique_ptr<BIO, decltype(&BIO_free)> const in{BIO_new_mem_buf(key.data(), -1), BIO_free};
  std::unique_ptr<BIO, decltype(&BIO_free)> const out{BIO_new(BIO_s_mem()), BIO_free};
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> const read{
      PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
  std::string passphrase = "secret";
  PEM_write_bio_PKCS8PrivateKey(out.get(), read.get(), EVP_aes_128_cbc(), passphrase.data(),
                                static_cast<int>(passphrase.size()), nullptr, nullptr);
  char* text = nullptr;
  auto const size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

class tls_context : public testing::Test {
 protected:
  std::string failed(std::string const& setting, std::string const& path,
                     std::string const& reason) const {
    return "failed to load " + setting + ' ' + path + " - " + reason;
  }

  tls_files files;
  settings& given = files.settings;
};

TEST_F(tls_context, takes_good_files_and_knows_the_end_of_the_certificate) {
  EXPECT_EQ(error_of(given), "");
  auto const now = std::chrono::system_clock::now();
  auto const validity = make_context(given).validity();
  EXPECT_EQ(why_invalid(validity, now), "");
  EXPECT_EQ(why_invalid(validity, validity.end), "");
  EXPECT_LE(now - 61min, validity.begin);
  EXPECT_LE(validity.end, now + 60min);
}

TEST(validity, ends_with_its_last_second) {
  using std::chrono::system_clock;
  validity_period const day{system_clock::time_point{0h}, system_clock::time_point{24h}};
  EXPECT_EQ(why_invalid(day, day.begin - 1ns), "it is not valid before 1970-01-01 00:00:00 UTC");
  EXPECT_EQ(why_invalid(day, day.begin), "");
  EXPECT_EQ(why_invalid(day, day.end + 999ms), "");
  EXPECT_EQ(why_invalid(day, day.end + 1s), "it expired on 1970-01-02 00:00:00 UTC");
}

TEST_F(tls_context, takes_a_chain) {
  auto const intermediate = files.authority.root();
  auto const own = files.authority.issue("server");
  given.certificate_file = files.directory.write("chain.pem", own.certificate + intermediate);
  given.key_file = files.directory.write("chain.key", own.key);
  EXPECT_EQ(error_of(given), "");
}

TEST_F(tls_context, needs_a_certificate_and_a_key) {
  auto const line = "TLS needs both tls-cert and tls-key";
  auto no_key = given;
  no_key.key_file.clear();
  EXPECT_EQ(error_of(no_key), line);
  given.certificate_file.clear();
  EXPECT_EQ(error_of(given), line);
}

TEST_F(tls_context, names_a_file_that_is_missing) {
  auto const missing = files.directory.path("missing.pem");
  auto const reason = "No such file or directory";
  auto no_certificate = given;
  no_certificate.certificate_file = missing;
  EXPECT_EQ(error_of(no_certificate), failed("tls-cert", missing, reason));
  auto no_key = given;
  no_key.key_file = missing;
  EXPECT_EQ(error_of(no_key), failed("tls-key", missing, reason));
  auto no_root = given;
  no_root.root_ca_file = missing;
  EXPECT_EQ(error_of(no_root), failed("tls-root-ca-file", missing, reason));
}

TEST_F(tls_context, names_a_file_with_something_else_in_it) {
  auto const other = files.directory.write("other.pem", "no PEM at all\n");
  auto no_certificate = given;
  no_certificate.certificate_file = other;
  EXPECT_EQ(error_of(no_certificate),
            failed("tls-cert", other, "there is no certificate in it, in PEM"));
  auto no_key = given;
  no_key.key_file = other;
  EXPECT_EQ(error_of(no_key), failed("tls-key", other, "there is no private key in it, in PEM"));
  auto no_root = given;
  no_root.root_ca_file = other;
  EXPECT_EQ(error_of(no_root),
            failed("tls-root-ca-file", other, "there is no certificate in it, in PEM"));
}

TEST_F(tls_context, names_a_file_that_breaks_off) {
  auto const whole = files.authority.issue("server").certificate;
  given.certificate_file = files.directory.write(
      "broken.pem", files.authority.root() + whole.substr(0, whole.size() / 2));
  EXPECT_EQ(error_of(given),
            failed("tls-cert", given.certificate_file, "one of its certificates cannot be read"));
}

TEST_F(tls_context, names_a_directory) {
  given.certificate_file = files.directory.path("");
  EXPECT_EQ(error_of(given), failed("tls-cert", given.certificate_file, "Is a directory"));
}

TEST_F(tls_context, refuses_another_certificates_key) {
  given.key_file = files.directory.write("other.key", files.authority.issue("other").key);
  EXPECT_EQ(error_of(given),
            failed("tls-key", given.key_file,
                   "it is not the key of the certificate in " + given.certificate_file));
}

TEST_F(tls_context, refuses_an_encrypted_key_without_asking) {
  given.key_file =
      files.directory.write("encrypted.key", encrypted(files.authority.issue("server").key));
  EXPECT_EQ(error_of(given),
            failed("tls-key", given.key_file,
                   "the key is encrypted, and nobody can be asked for its passphrase"));
}

TEST_F(tls_context, takes_a_certificate_that_has_expired_or_is_not_valid_yet_and_says_so) {
  std::array const whens = {test_support::validity{-2h, -1h}, test_support::validity{1h, 2h}};
  std::array const reasons = {"it expired on ", "it is not valid before "};
  for (std::size_t index = 0; index < whens.size(); ++index) {
    auto const own = files.authority.issue("server", whens[index]);
    given.certificate_file = files.directory.write("server.pem", own.certificate);
    given.key_file = files.directory.write("server.key", own.key);
    auto const reason =
        why_invalid(make_context(given).validity(), std::chrono::system_clock::now());
    EXPECT_TRUE(reason.starts_with(reasons[index])) << reason;
    EXPECT_TRUE(reason.ends_with(" UTC")) << reason;
  }
}

TEST_F(tls_context, takes_a_certificate_that_ends_when_no_clock_can_count_to) {
  auto const own = files.authority.issue("server", {-1h, 24h * 365 * 7'000});
  given.certificate_file = files.directory.write("server.pem", own.certificate);
  given.key_file = files.directory.write("server.key", own.key);
  EXPECT_EQ(why_invalid(make_context(given).validity(), std::chrono::system_clock::now()), "");
}

TEST_F(tls_context, knows_when_there_is_a_root_that_is_valid_where_one_is_needed) {
  auto const now = std::chrono::system_clock::now();
  test_support::certificate_authority const old{"old", {-2h, -1h}};
  given.root_ca_file = files.directory.write("root.pem", old.root());
  EXPECT_FALSE(make_context(given).root_validity());
  given.policy = client_auth::require_verify;
  EXPECT_TRUE(
      why_invalid(make_context(given).root_validity().value(), now).starts_with("it expired on "));
  // As while an authority is replaced.
  given.root_ca_file = files.directory.write("root.pem", old.root() + files.authority.root());
  EXPECT_EQ(why_invalid(make_context(given).root_validity().value(), now), "");
}

TEST_F(tls_context, verifies_only_with_somebody_who_vouches) {
  given.policy = client_auth::require_verify;
  given.root_ca_file.clear();
  EXPECT_TRUE(
      error_of(given).starts_with("tls-client-auth-policy require-verify needs tls-root-ca-file"))
      << error_of(given);
  given.policy = client_auth::require;
  EXPECT_EQ(error_of(given), "");
}

}  // namespace
}  // namespace nsqlookupd::tls::test
