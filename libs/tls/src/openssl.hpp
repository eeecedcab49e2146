// SPDX-License-Identifier: MIT
//
// OpenSSL's objects with an owner each, read from PEM files, and its errors as text.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

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
/// ERR_clear_error().
[[nodiscard]] std::string first_error();

/// Throws std::runtime_error with first_error(), for calls that fail in a broken OpenSSL only.
[[noreturn]] void throw_first_error();

/// Throws std::runtime_error: `failed to load tls-key PATH - REASON`.
[[noreturn]] void fail_to_load(std::string_view setting, std::string const& path,
                               std::string const& reason);

/// The certificates of a PEM file, in their order, at least one. `setting` is the flag that named
/// it. Throws as fail_to_load() does.
[[nodiscard]] std::vector<certificate_ptr> load_certificates(std::string_view setting,
                                                             std::string const& path);

/// The private key of a PEM file, which must not be encrypted. Throws as fail_to_load() does.
[[nodiscard]] key_ptr load_key(std::string_view setting, std::string const& path);

}  // namespace nsqlookupd::tls
