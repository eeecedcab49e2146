// SPDX-License-Identifier: MIT
#include <nsqlookupd/tls/client_context.hpp>

#include "openssl.hpp"
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <stdexcept>

namespace nsqlookupd::tls {
namespace {

void expect(bool good) {
  if (!good) {
    throw_first_error();
  }
}

void set_trust(SSL_CTX* context, named_file const& root_ca) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (root_ca.path.empty()) {
    expect(SSL_CTX_set_default_verify_paths(context) == 1);
    return;
  }
  auto* const store = SSL_CTX_get_cert_store(context);
  for (auto const& root : load_certificates(root_ca)) {
    expect(X509_STORE_add_cert(store, root.get()) == 1);
  }
  // As in a server's context: a certificate in the file is trusted, even if another has signed it.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
}

void set_certificate(SSL_CTX* context, named_file const& certificate, named_file const& key) {
  if (certificate.path.empty() && key.path.empty()) {
    return;
  }
  if (certificate.path.empty() || key.path.empty()) {
    throw std::runtime_error{certificate.setting + " and " + key.setting + " need each other"};
  }
  use_certificate(context, certificate, key);
}

bool is_address(std::string const& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes;
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

}  // namespace

client_context::client_context(client_settings const& from)
    : context_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free} {
  expect(context_ != nullptr);
  auto* const context = context_.get();
  ERR_clear_error();
  expect(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  set_trust(context, from.root_ca);
  set_certificate(context, from.certificate, from.key);
}

ssl_ctx_st* client_context::new_reference() const {
  expect(SSL_CTX_up_ref(context_.get()) == 1);
  return context_.get();
}

void expect_server(ssl_st* connection, std::string const& host) {
  ERR_clear_error();
  auto* const rules = SSL_get0_param(connection);
  if (is_address(host)) {
    expect(X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1);
    return;
  }
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  expect(X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1);
  expect(SSL_set_tlsext_host_name(connection, host.c_str()) == 1);
}

std::string reason_of_distrust(ssl_st* connection) {
  auto const result = SSL_get_verify_result(connection);
  return result == X509_V_OK ? std::string{}
                             : std::string{" - "} + X509_verify_cert_error_string(result);
}

}  // namespace nsqlookupd::tls
