// SPDX-License-Identifier: MIT
//
// OpenSSL's objects with an owner each, and its errors as text.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace nsqlookupd::tls {

template <auto Function>
struct freed_by {
  template <class Type>
  void operator()(Type* what) const noexcept {
    Function(what);
  }
};

using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freed_by<X509_free>>;

/// The reason of the first error that this thread's OpenSSL calls have met since the last
/// clear_errors().
[[nodiscard]] std::string first_error();
void clear_errors() noexcept;

}  // namespace nsqlookupd::tls
