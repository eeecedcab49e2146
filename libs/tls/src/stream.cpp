// SPDX-License-Identifier: MIT
#include <nsqlookupd/tls/stream.hpp>

#include "openssl.hpp"
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace nsqlookupd::tls {
namespace {

constexpr std::size_t largest_record = SSL3_RT_MAX_PLAIN_LENGTH;

// Every TLS connection begins with it: the type of a handshake record.
constexpr char handshake_record = 0x16;

constexpr std::string_view answer_to_plain_http =
    "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Connection: close\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

// Methods are upper-case words; three letters are enough to tell one.
bool looks_like_http(std::string_view bytes) {
  return bytes.size() == 3 && bytes.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == bytes.npos;
}

}  // namespace

stream::stream(ssl_ctx_st* context, int socket, bool verifies_peer)
    : ssl_{SSL_new(context), SSL_free}, verifies_peer_{verifies_peer} {
  if (!ssl_ || SSL_set_fd(ssl_.get(), socket) != 1) {
    throw_first_error();
  }
  SSL_set_accept_state(ssl_.get());
}

// OpenSSL would only say that it is the wrong version of something.
bool stream::look_at_first_bytes() {
  auto const socket = SSL_get_fd(ssl_.get());
  std::array<char, 3> first;
  auto const count = ::recv(socket, first.data(), first.size(), MSG_PEEK | MSG_DONTWAIT);
  if (count <= 0) {
    // Bytes that SSL_read() would find now would not be looked at any more.
    return count == 0 || errno != EAGAIN;
  }
  begun_ = true;
  if (first.front() == handshake_record) {
    return true;
  }
  state_ = condition::failed;
  std::string_view const bytes{first.data(), static_cast<std::size_t>(count)};
  if (looks_like_http(bytes)) {
    failure_ =
        "plain HTTP on a TLS port: begin the URL with https://, or use the port of -http-address";
    ::send(socket, answer_to_plain_http.data(), answer_to_plain_http.size(),
           MSG_NOSIGNAL | MSG_DONTWAIT);
  } else if (bytes == "  V") {
    failure_ = "nsqd's plain TCP protocol on a TLS port: use the port of -tcp-address";
  } else {
    failure_ = "not TLS on a TLS port";
  }
  return true;
}

std::size_t stream::read(std::span<char> into) {
  if (!begun_ && !look_at_first_bytes()) {
    return 0;
  }
  established_ = established_ || SSL_is_init_finished(ssl_.get()) == 1;
  if (state_ != condition::open) {
    return 0;
  }
  ERR_clear_error();
  wants_write_ = false;
  std::size_t count = 0;
  auto const result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
  if (result != 1) {
    note_failure(result);
  }
  return count;
}

bool stream::reads_without_input() const noexcept {
  return wants_write_ || SSL_pending(ssl_.get()) != 0;
}

// `result`: of a call that did not do all that was asked for; often no more is wrong than that it
// has to wait.
void stream::note_failure(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return;
    case SSL_ERROR_WANT_WRITE:
      wants_write_ = true;
      return;
    case SSL_ERROR_ZERO_RETURN:
      state_ = condition::input_ended;
      return;
    case SSL_ERROR_SYSCALL:
      state_ = condition::reset;
      return;
    default:
      break;
  }
  state_ = condition::failed;
  failure_ = established_ ? "TLS failed - " : "TLS handshake failed - ";
  failure_ += first_error();
  auto const verified = SSL_get_verify_result(ssl_.get());
  if (verifies_peer_ && verified != X509_V_OK) {
    failure_.append(": ").append(X509_verify_cert_error_string(verified));
  }
}

std::size_t stream::write(std::string_view head, std::string_view body) {
  if (!can_send()) {
    return 0;
  }
  // One record of both: two would be two packets.
  std::string both;
  if (!head.empty() && !body.empty()) {
    both = head.substr(0, largest_record);
    both += body.substr(0, largest_record - both.size());
  }
  auto const& only = head.empty() ? body : head;
  auto const record = both.empty() ? only.substr(0, largest_record) : std::string_view{both};
  ERR_clear_error();
  wants_write_ = false;
  std::size_t count = 0;
  auto const result = SSL_write_ex(ssl_.get(), record.data(), record.size(), &count);
  if (result != 1) {
    note_failure(result);
  }
  return count;
}

void stream::close() noexcept {
  if (can_send()) {
    closed_ = true;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
}

bool stream::can_send() const noexcept {
  return !closed_ && (state_ == condition::open || state_ == condition::input_ended) &&
         SSL_is_init_finished(ssl_.get()) == 1;
}

bool stream::has_verified_peer() const noexcept {
  return verifies_peer_ && SSL_is_init_finished(ssl_.get()) == 1 &&
         SSL_get0_peer_certificate(ssl_.get()) != nullptr &&
         SSL_get_verify_result(ssl_.get()) == X509_V_OK;
}

}  // namespace nsqlookupd::tls
