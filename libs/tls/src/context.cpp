// SPDX-License-Identifier: MIT
#include <nsqlookupd/tls/context.hpp>

#include "openssl.hpp"
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <stdexcept>
#include <string_view>

namespace nsqlookupd::tls {
namespace {

constexpr auto root_setting = "tls-root-ca-file";

void expect(long result, std::string_view action) {
  if (result != 1) {
    throw std::runtime_error{std::string{action} + " - " + first_error()};
  }
}

// In the order of `version`.
constexpr std::array protocol_numbers{TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};

using wall = std::chrono::system_clock;

// A year up to 9999 may be far beyond what the clock's nanoseconds can count.
wall::time_point to_time(ASN1_TIME const* time) {
  std::tm parts{};
  ASN1_TIME_to_tm(time, &parts);
  using std::chrono::seconds;
  auto const farthest = std::chrono::floor<seconds>(wall::duration::max());
  auto const nearest = std::chrono::ceil<seconds>(wall::duration::min());
  return wall::time_point{std::clamp(seconds{::timegm(&parts)}, nearest, farthest)};
}

validity_period validity_of(X509 const* certificate) {
  return {to_time(X509_get0_notBefore(certificate)), to_time(X509_get0_notAfter(certificate))};
}

// A client that offers other protocols only is served without: it asked on the wrong port, and will
// notice.
int choose_protocol(SSL*, unsigned char const** chosen, unsigned char* chosen_size,
                    unsigned char const* offered, unsigned offered_size, void*) {
  static constexpr std::array<unsigned char, 9> spoken{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* match = nullptr;
  if (SSL_select_next_proto(&match, chosen_size, spoken.data(), spoken.size(), offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *chosen = match;
  return SSL_TLSEXT_ERR_OK;
}

int accept_any_certificate(int, X509_STORE_CTX*) {
  return 1;
}

void set_protocol(SSL_CTX* context, version min_version) {
  auto const number = protocol_numbers[static_cast<std::size_t>(min_version)];
  expect(SSL_CTX_set_min_proto_version(context, number), "tls-min-version");
  if (min_version < version::tls_1_2) {
    // They sign with SHA-1, which OpenSSL allows at this level alone.
    SSL_CTX_set_security_level(context, 0);
  }
  // Many clients close without saying so in TLS.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Sessions are kept by the clients, in their tickets.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  constexpr std::array<unsigned char, 10> name{'n', 's', 'q', 'l', 'o', 'o', 'k', 'u', 'p', 'd'};
  expect(SSL_CTX_set_session_id_context(context, name.data(), name.size()), "session id context");
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

// Returns when it is valid.
validity_period set_certificate(SSL_CTX* context, settings const& from) {
  if (from.certificate_file.empty() || from.key_file.empty()) {
    throw std::runtime_error{"TLS needs both tls-cert and tls-key"};
  }
  auto const own =
      use_certificate(context, {"tls-cert", from.certificate_file}, {"tls-key", from.key_file});
  return validity_of(own.get());
}

// Returns when there is a root that is valid, where one is needed.
std::optional<validity_period> set_client_auth(SSL_CTX* context, settings const& from) {
  auto* const store = SSL_CTX_get_cert_store(context);
  std::optional<validity_period> validity;
  if (!from.root_ca_file.empty()) {
    for (auto const& root : load_certificates({root_setting, from.root_ca_file})) {
      expect(X509_STORE_add_cert(store, root.get()), root_setting);
      expect(SSL_CTX_add_client_CA(context, root.get()), root_setting);
      auto const period = validity_of(root.get());
      validity = validity ? validity_period{std::min(validity->begin, period.begin),
                                            std::max(validity->end, period.end)}
                          : period;
    }
    // A certificate in the file is trusted, even if another one has signed it; Go does the same.
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  }
  constexpr int demand = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  if (from.policy == client_auth::require) {
    SSL_CTX_set_verify(context, demand, accept_any_certificate);
  } else if (from.policy == client_auth::require_verify) {
    if (from.root_ca_file.empty()) {
      throw std::runtime_error{
          "tls-client-auth-policy require-verify needs tls-root-ca-file: whom are clients' "
          "certificates to be signed by?"};
    }
    SSL_CTX_set_verify(context, demand, nullptr);
    return validity;
  }
  return std::nullopt;
}

}  // namespace

std::string utc_text(wall::time_point time) {
  auto const seconds = wall::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 64> text;
  return {text.data(), std::strftime(text.data(), text.size(), "%F %T UTC", &parts)};
}

std::string why_invalid(validity_period const& period, wall::time_point now) {
  if (now < period.begin) {
    return "it is not valid before " + utc_text(period.begin);
  }
  // The end is the last second of it.
  if (std::chrono::floor<std::chrono::seconds>(now) > period.end) {
    return "it expired on " + utc_text(period.end);
  }
  return {};
}

context::context(settings const& from)
    : context_{SSL_CTX_new(TLS_server_method()), SSL_CTX_free},
      verifies_peer_{from.policy == client_auth::require_verify} {
  if (!context_) {
    throw_first_error();
  }
  ERR_clear_error();
  set_protocol(context_.get(), from.min_version);
  validity_ = set_certificate(context_.get(), from);
  root_validity_ = set_client_auth(context_.get(), from);
}

std::unique_ptr<stream> context::new_stream(int socket) const {
  return std::make_unique<stream>(context_.get(), socket, verifies_peer_);
}

}  // namespace nsqlookupd::tls
