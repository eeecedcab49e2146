// SPDX-License-Identifier: MIT
#include "certificate_authority.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace nsqlookupd::test_support {
namespace {

struct free_openssl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
template <class Type>
using owner = std::unique_ptr<Type, free_openssl>;

void expect(bool good) {
  if (!good) {
    throw std::runtime_error{"OpenSSL could not make a certificate"};
  }
}

owner<EVP_PKEY> make_key() {
  owner<EVP_PKEY> key{EVP_EC_gen("P-256")};
  expect(key != nullptr);
  return key;
}

owner<X509> make_certificate(std::string const& name, EVP_PKEY* key, validity valid) {
  owner<X509> certificate{X509_new()};
  auto* const made = certificate.get();
  std::uint32_t serial = 0;
  expect(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  expect(X509_set_version(made, X509_VERSION_3) == 1);
  expect(ASN1_INTEGER_set_uint64(X509_get_serialNumber(made), serial) == 1);
  X509_gmtime_adj(X509_getm_notBefore(made), valid.begin.count());
  X509_gmtime_adj(X509_getm_notAfter(made), valid.end.count());
  auto const* const text = reinterpret_cast<unsigned char const*>(name.c_str());
  expect(X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_UTF8, text, -1, -1,
                                    0) == 1);
  expect(X509_set_pubkey(made, key) == 1);
  return certificate;
}

void add_extension(X509* certificate, int which, char const* value) {
  owner<X509_EXTENSION> const extension{X509V3_EXT_conf_nid(nullptr, nullptr, which, value)};
  expect(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

template <class Write>
std::string in_pem(Write const& write) {
  owner<BIO> const bio{BIO_new(BIO_s_mem())};
  expect(write(bio.get()) == 1);
  char* text = nullptr;
  auto const size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string in_pem(X509* certificate) {
  return in_pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

std::string in_pem(EVP_PKEY* key) {
  return in_pem([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

}  // namespace

struct certificate_authority::secrets {
  owner<EVP_PKEY> key = make_key();
  owner<X509> certificate;
};

certificate_authority::certificate_authority(std::string const& name, validity valid)
    : secrets_{std::make_unique<secrets>()} {
  secrets_->certificate = make_certificate(name, secrets_->key.get(), valid);
  auto* const own = secrets_->certificate.get();
  expect(X509_set_issuer_name(own, X509_get_subject_name(own)) == 1);
  add_extension(own, NID_basic_constraints, "critical,CA:TRUE");
  expect(X509_sign(own, secrets_->key.get(), EVP_sha256()) != 0);
  root_ = in_pem(own);
}

certificate_authority::~certificate_authority() = default;

identity certificate_authority::issue(std::string const& name, validity valid) const {
  auto const key = make_key();
  auto const certificate = make_certificate(name, key.get(), valid);
  auto* const issuer = X509_get_subject_name(secrets_->certificate.get());
  expect(X509_set_issuer_name(certificate.get(), issuer) == 1);
  add_extension(certificate.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  expect(X509_sign(certificate.get(), secrets_->key.get(), EVP_sha256()) != 0);
  return {in_pem(certificate.get()), in_pem(key.get())};
}

}  // namespace nsqlookupd::test_support
