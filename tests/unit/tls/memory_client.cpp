// SPDX-License-Identifier: MIT
#include "memory_client.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace nsqlookupd::tls::test {
namespace {

void use(SSL_CTX* context, test_support::identity const& own) {
  auto* const certificate_text = BIO_new_mem_buf(own.certificate.data(), -1);
  auto* const certificate = PEM_read_bio_X509(certificate_text, nullptr, nullptr, nullptr);
  auto* const key_text = BIO_new_mem_buf(own.key.data(), -1);
  auto* const key = PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr);
  SSL_CTX_use_certificate(context, certificate);
  SSL_CTX_use_PrivateKey(context, key);
  BIO_free(certificate_text);
  BIO_free(key_text);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

}  // namespace

memory_client::memory_client(std::optional<test_support::identity> const& own) {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> const context{SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free};
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  if (own) {
    use(context.get(), *own);
  }
  ssl_ = {SSL_new(context.get()), SSL_free};
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_connect_state(ssl_.get());
}

void memory_client::speak_at_most(int version) {
  SSL_set_max_proto_version(ssl_.get(), version);
}

void memory_client::offer(std::string_view protocols) {
  SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<unsigned char const*>(protocols.data()),
                      static_cast<unsigned>(protocols.size()));
}

bool memory_client::shake_hands() {
  ERR_clear_error();
  return SSL_do_handshake(ssl_.get()) == 1;
}

void memory_client::send(std::string_view plain) {
  ERR_clear_error();
  SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size()));
}

std::string memory_client::receive() {
  ERR_clear_error();
  std::string plain;
  std::array<char, 16384> some;
  std::size_t count = 0;
  while (SSL_read_ex(ssl_.get(), some.data(), some.size(), &count) == 1) {
    plain.append(some.data(), count);
  }
  return plain;
}

void memory_client::finish_sending() {
  SSL_shutdown(ssl_.get());
}

void memory_client::renegotiate() {
  SSL_renegotiate(ssl_.get());
  shake_hands();
}

bool memory_client::is_told_the_end() const {
  return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

std::string memory_client::chosen_protocol() const {
  unsigned char const* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return {reinterpret_cast<char const*>(name), size};
}

std::string memory_client::take_sent() {
  auto* const bio = SSL_get_wbio(ssl_.get());
  std::string bytes(BIO_ctrl_pending(bio), '\0');
  BIO_read(bio, bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

void memory_client::give_received(std::string_view encrypted) {
  BIO_write(SSL_get_rbio(ssl_.get()), encrypted.data(), static_cast<int>(encrypted.size()));
}

connected_stream::connected_stream(context const& shared) {
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sockets_.data()) != 0) {
    throw std::system_error{errno, std::generic_category(), "socketpair"};
  }
  stream_ = shared.new_stream(sockets_.front());
}

connected_stream::~connected_stream() {
  for (auto const socket : sockets_) {
    ::close(socket);
  }
}

void connected_stream::send(std::string_view encrypted) const {
  auto const sent = ::send(sockets_.back(), encrypted.data(), encrypted.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(encrypted.size())) {
    throw std::system_error{errno, std::generic_category(), "send"};
  }
}

std::string connected_stream::give(std::string_view encrypted, std::size_t piece) {
  std::string decrypted;
  std::array<char, 65536> into;
  while (!encrypted.empty()) {
    send(encrypted.substr(0, piece));
    encrypted.remove_prefix(std::min(piece, encrypted.size()));
    while (auto const count = stream_->read(into)) {
      decrypted.append(into.data(), count);
    }
  }
  return decrypted;
}

std::string connected_stream::take_sent() const {
  std::string bytes;
  std::array<char, 65536> some;
  for (ssize_t count = 0;
       (count = ::recv(sockets_.back(), some.data(), some.size(), MSG_DONTWAIT)) > 0;) {
    bytes.append(some.data(), static_cast<std::size_t>(count));
  }
  return bytes;
}

void connected_stream::finish_sending() const {
  ::shutdown(sockets_.back(), SHUT_WR);
}

std::string exchange(memory_client& client, connected_stream& server, std::size_t piece) {
  std::string decrypted;
  while (true) {
    client.shake_hands();
    auto const sent = client.take_sent();
    decrypted += server.give(sent, piece);
    auto const replied = server.take_sent();
    if (sent.empty() && replied.empty()) {
      return decrypted;
    }
    client.give_received(replied);
  }
}

}  // namespace nsqlookupd::tls::test
