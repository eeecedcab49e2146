// SPDX-License-Identifier: MIT
#include "openssl.hpp"

#include <nsqlookupd/text/file.hpp>
#include <nsqlookupd/tls/context.hpp>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <utility>

namespace nsqlookupd::tls {
namespace {

void* checked(void* memory, std::size_t size) {
  if (memory == nullptr && size != 0) {
    if (auto const handler = std::get_new_handler()) {
      handler();
    }
  }
  return memory;
}

void* allocate(std::size_t size, char const*, int) {
  return checked(std::malloc(size), size);
}

void* reallocate(void* memory, std::size_t size, char const*, int) {
  return checked(std::realloc(memory, size), size);
}

void give_back(void* memory, char const*, int) {
  std::free(memory);
}

// Far more than any bundle of certificates has, and far less than hurts.
constexpr std::size_t largest_file = std::size_t{4} << 20U;

std::string read_file(named_file const& from) {
  try {
    return text::read_file(from.path, largest_file);
  } catch (std::runtime_error const& error) {
    fail_to_load(from, error.what());
  }
}

bio_ptr bio_on(std::string const& text) {
  bio_ptr bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  if (!bio) {
    throw_first_error();
  }
  return bio;
}

// Asked for the passphrase of a key. OpenSSL would ask on the terminal.
int note_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

key_ptr load_key(named_file const& from) {
  auto const text = read_file(from);
  auto const bio = bio_on(text);
  bool is_encrypted = false;
  ERR_clear_error();
  key_ptr key{PEM_read_bio_PrivateKey(bio.get(), nullptr, note_passphrase, &is_encrypted)};
  ERR_clear_error();
  if (!key) {
    fail_to_load(from, is_encrypted
                           ? "the key is encrypted, and nobody can be asked for its passphrase"
                           : "there is no private key in it, in PEM");
  }
  return key;
}

}  // namespace

std::string first_error() {
  auto const code = ERR_peek_error();
  auto const* const reason = ERR_reason_error_string(code);
  return reason == nullptr ? "error " + std::to_string(code) : std::string{reason};
}

void throw_first_error() {
  throw std::runtime_error{"OpenSSL failed - " + first_error()};
}

void fail_to_load(named_file const& from, std::string const& reason) {
  throw std::runtime_error{"failed to load " + from.setting + " " + from.path + " - " + reason};
}

std::vector<certificate_ptr> load_certificates(named_file const& from) {
  auto const text = read_file(from);
  auto const bio = bio_on(text);
  std::vector<certificate_ptr> found;
  ERR_clear_error();
  while (auto* const next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    found.emplace_back(next);
  }
  bool const at_end = first_error() == "no start line";
  ERR_clear_error();
  if (found.empty() || !at_end) {
    fail_to_load(from, found.empty() ? "there is no certificate in it, in PEM"
                                     : "one of its certificates cannot be read");
  }
  return found;
}

certificate_ptr use_certificate(SSL_CTX* context, named_file const& certificate,
                                named_file const& key) {
  auto chain = load_certificates(certificate);
  auto const own_key = load_key(key);
  auto const expect = [](long result, named_file const& from) {
    if (result != 1) {
      fail_to_load(from, first_error());
    }
  };
  ERR_clear_error();
  expect(SSL_CTX_use_certificate(context, chain.front().get()), certificate);
  for (std::size_t index = 1; index < chain.size(); ++index) {
    expect(SSL_CTX_add1_chain_cert(context, chain[index].get()), certificate);
  }
  if (X509_check_private_key(chain.front().get(), own_key.get()) != 1) {
    fail_to_load(key, "it is not the key of the certificate in " + certificate.path);
  }
  expect(SSL_CTX_use_PrivateKey(context, own_key.get()), key);
  return std::move(chain.front());
}

void call_new_handler_when_out_of_memory() noexcept {
  CRYPTO_set_mem_functions(allocate, reallocate, give_back);
}

}  // namespace nsqlookupd::tls
