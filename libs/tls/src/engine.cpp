// SPDX-License-Identifier: MIT
#include <nsqlookupd/tls/engine.hpp>

#include "engine_bio.hpp"
#include "openssl.hpp"
#include <openssl/ssl.h>

#include <algorithm>
#include <new>

namespace nsqlookupd::tls {
namespace {

constexpr std::size_t largest_record = SSL3_RT_MAX_PLAIN_LENGTH;

// What every TLS connection begins with: the type of a handshake record.
constexpr char handshake_record = 0x16;

constexpr std::string_view answer_to_plain_http =
    "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Connection: close\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

bool is_upper_case(char letter) {
  return letter >= 'A' && letter <= 'Z';
}

// Methods are upper-case words; three letters are enough to tell one.
bool looks_like_http(std::string_view bytes) {
  return bytes.size() >= 3 && std::all_of(bytes.begin(), bytes.begin() + 3, is_upper_case);
}

}  // namespace

void engine::free_ssl::operator()(ssl_st* ssl) const noexcept {
  SSL_free(ssl);
}

engine::engine(ssl_ctx_st* context, bool verifies_peer)
    : wire_{std::make_unique<engine_bio>()}, ssl_{SSL_new(context)}, verifies_peer_{verifies_peer} {
  if (!ssl_) {
    throw std::bad_alloc{};
  }
  auto* const bio = wire_->make_bio();
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

engine::~engine() = default;

void engine::receive(std::string_view encrypted) {
  if (!begun_ && !encrypted.empty()) {
    begun_ = true;
    look_at_first_bytes(encrypted);
  }
  if (state_ == condition::open) {
    wire_->receive(encrypted);
  }
}

// OpenSSL would only say that it is the wrong version of something.
void engine::look_at_first_bytes(std::string_view encrypted) {
  if (encrypted.front() == handshake_record) {
    return;
  }
  state_ = condition::failed;
  if (looks_like_http(encrypted)) {
    failure_ =
        "plain HTTP on a TLS port: begin the URL with https://, or use the port of --http-address";
    wire_->put(answer_to_plain_http);
  } else if (encrypted.starts_with("  V")) {
    failure_ = "nsqd's plain TCP protocol on a TLS port: use the port of --tcp-address";
  } else {
    failure_ = "not TLS on a TLS port";
  }
}

std::size_t engine::read(std::span<char> into) {
  if (state_ != condition::open) {
    return 0;
  }
  clear_errors();
  established_ = established_ || SSL_is_init_finished(ssl_.get()) == 1;
  std::size_t total = 0;
  while (total < into.size()) {
    std::size_t count = 0;
    auto const rest = into.subspan(total);
    auto const result = SSL_read_ex(ssl_.get(), rest.data(), rest.size(), &count);
    if (result != 1) {
      fail(result);
      break;
    }
    total += count;
  }
  return total;
}

// Told what SSL_read_ex() returned when that was not what was asked for; often no more is wrong
// than that there is nothing yet.
void engine::fail(int result) {
  auto const error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
    return;
  }
  if (error == SSL_ERROR_ZERO_RETURN) {
    state_ = condition::input_ended;
    return;
  }
  state_ = condition::failed;
  failure_ = established_ ? "TLS failed - " : "TLS handshake failed - ";
  failure_ += first_error();
  auto const verified = SSL_get_verify_result(ssl_.get());
  if (verifies_peer_ && verified != X509_V_OK) {
    failure_.append(": ").append(X509_verify_cert_error_string(verified));
  }
}

bool engine::has_input() const noexcept {
  return state_ != condition::open || SSL_pending(ssl_.get()) > 0 || !wire_->input().empty();
}

std::size_t engine::write(std::string_view plain) {
  if (state_ == condition::failed || closed_ || plain.empty()) {
    return 0;
  }
  clear_errors();
  std::size_t count = 0;
  auto const record = plain.substr(0, largest_record);
  if (SSL_write_ex(ssl_.get(), record.data(), record.size(), &count) == 1) {
    return count;
  }
  return 0;
}

void engine::close() {
  if (closed_ || state_ == condition::failed || SSL_is_init_finished(ssl_.get()) != 1) {
    return;
  }
  closed_ = true;
  clear_errors();
  SSL_shutdown(ssl_.get());
}

std::string_view engine::output() const noexcept {
  return wire_->output();
}

void engine::sent(std::size_t count) noexcept {
  wire_->sent(count);
}

bool engine::has_verified_peer() const noexcept {
  return verifies_peer_ && SSL_is_init_finished(ssl_.get()) == 1 &&
         SSL_get0_peer_certificate(ssl_.get()) != nullptr &&
         SSL_get_verify_result(ssl_.get()) == X509_V_OK;
}

}  // namespace nsqlookupd::tls
