// SPDX-License-Identifier: MIT
//
// OpenSSL's objects with an owner each, read from PEM files, and its errors as text.
#pragma once

#include <nsqlookupd/tls/client_context.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

namespace nsqlookupd::tls {

template <auto Function>
struct freed_by {
  template <class Type>
  void operator()(Type* owned) const noexcept {
    Function(owned);
  }
};

using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freed_by<X509_free>>;

/// The reason of the first error that this thread's OpenSSL calls have met since the last
/// ERR_clear_error().
[[nodiscard]] std::string first_error();

/// Throws std::runtime_error with first_error(), for calls that fail in a broken OpenSSL only.
[[noreturn]] void throw_first_error();

/// Throws std::runtime_error: `failed to load tls-key PATH - REASON`.
[[noreturn]] void fail_to_load(named_file const& from, std::string const& reason);

/// The certificates of a PEM file, in their order, at least one. Throws as fail_to_load() does.
[[nodiscard]] std::vector<certificate_ptr> load_certificates(named_file const& from);

/// Gives `context` a certificate, with those behind it in its file, and its key, which must not be
/// encrypted. Returns the certificate. Throws as fail_to_load() does.
certificate_ptr use_certificate(SSL_CTX* context, named_file const& certificate,
                                named_file const& key);

}  // namespace nsqlookupd::tls
