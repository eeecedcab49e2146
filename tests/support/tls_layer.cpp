// SPDX-License-Identifier: MIT
#include "tls_layer.hpp"

#include "patience.hpp"
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <stdexcept>

namespace nsqlookupd::test_support {
namespace {

struct free_openssl {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
template <class Type>
using owner = std::unique_ptr<Type, free_openssl>;

[[noreturn]] void fail_tls(std::string const& operation) {
  auto const* const reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  throw std::runtime_error{"TLS: " + operation + " - " +
                           (reason == nullptr ? "no reason" : reason)};
}

void expect(bool good, char const* operation) {
  if (!good) {
    fail_tls(operation);
  }
}

owner<BIO> bio_on(std::string const& text) {
  return owner<BIO>{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

owner<X509> certificate_from(std::string const& text) {
  return owner<X509>{PEM_read_bio_X509(bio_on(text).get(), nullptr, nullptr, nullptr)};
}

void use(SSL_CTX* context, identity const& own) {
  auto const certificate = certificate_from(own.certificate);
  owner<EVP_PKEY> const key{
      PEM_read_bio_PrivateKey(bio_on(own.key).get(), nullptr, nullptr, nullptr)};
  expect(SSL_CTX_use_certificate(context, certificate.get()) == 1, "own certificate");
  expect(SSL_CTX_use_PrivateKey(context, key.get()) == 1, "own key");
}

owner<SSL_CTX> make_context(tls_settings const& how) {
  owner<SSL_CTX> context{SSL_CTX_new(TLS_client_method())};
  auto const root = certificate_from(how.root);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), root.get());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (!how.minds_the_time) {
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.get()), X509_V_FLAG_NO_CHECK_TIME);
  }
  if (how.own) {
    use(context.get(), *how.own);
  }
  return context;
}

void limit_patience(int descriptor) {
  timeval const limit{.tv_sec = patience.count(), .tv_usec = 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

}  // namespace

tls_layer::tls_layer(int descriptor, tls_settings const& how) {
  limit_patience(descriptor);
  ERR_clear_error();
  ssl_ = {SSL_new(make_context(how).get()), SSL_free};
  expect(SSL_set_fd(ssl_.get(), descriptor) == 1, "descriptor");
  expect(SSL_connect(ssl_.get()) == 1, "handshake");
}

void tls_layer::send(std::string_view bytes) const {
  std::size_t sent = 0;
  expect(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent) == 1, "sending");
}

std::size_t tls_layer::read_some(std::span<char> into) const {
  std::size_t count = 0;
  auto const result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
  if (result != 1 && SSL_get_error(ssl_.get(), result) != SSL_ERROR_ZERO_RETURN) {
    fail_tls("reading");
  }
  return count;
}

bool tls_layer::has_input() const {
  return SSL_pending(ssl_.get()) > 0;
}

void tls_layer::finish_sending() const {
  expect(SSL_shutdown(ssl_.get()) >= 0, "close_notify");
}

std::string tls_layer::server_name() const {
  owner<X509> const certificate{SSL_get1_peer_certificate(ssl_.get())};
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  return name.data();
}

}  // namespace nsqlookupd::test_support
