// SPDX-License-Identifier: MIT
#include "pem_file.hpp"

#include <openssl/pem.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <stdexcept>

namespace nsqlookupd::tls {
namespace {

// Far more than any bundle of certificates has, and far less than hurts.
constexpr std::size_t largest_file = std::size_t{4} << 20U;

struct close_file {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

std::string read_file(std::string_view setting, std::string const& path) {
  std::unique_ptr<std::FILE, close_file> const file{std::fopen(path.c_str(), "re")};
  if (!file) {
    fail_to_load(setting, path, std::strerror(errno));
  }
  std::string text;
  std::array<char, 4096> piece;
  std::size_t count = 0;
  while ((count = std::fread(piece.data(), 1, piece.size(), file.get())) != 0) {
    text.append(piece.data(), count);
    if (text.size() > largest_file) {
      fail_to_load(setting, path, "it is too large");
    }
  }
  if (std::ferror(file.get()) != 0) {
    fail_to_load(setting, path, std::strerror(errno));
  }
  return text;
}

bio_ptr bio_on(std::string const& text) {
  bio_ptr bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  if (!bio) {
    throw std::bad_alloc{};
  }
  return bio;
}

// Asked for the passphrase of a key. OpenSSL would ask on the terminal.
int note_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

}  // namespace

void fail_to_load(std::string_view setting, std::string const& path, std::string const& reason) {
  throw std::runtime_error{"failed to load " + std::string{setting} + " " + path + " - " + reason};
}

std::vector<certificate_ptr> load_certificates(std::string_view setting, std::string const& path) {
  auto const text = read_file(setting, path);
  auto const bio = bio_on(text);
  std::vector<certificate_ptr> found;
  clear_errors();
  while (auto* const next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    found.emplace_back(next);
  }
  bool const at_end = first_error() == "no start line";
  clear_errors();
  if (found.empty() || !at_end) {
    fail_to_load(setting, path,
                 found.empty() ? "there is no certificate in it, in PEM"
                               : "one of its certificates cannot be read");
  }
  return found;
}

key_ptr load_key(std::string_view setting, std::string const& path) {
  auto const text = read_file(setting, path);
  auto const bio = bio_on(text);
  bool is_encrypted = false;
  clear_errors();
  key_ptr key{PEM_read_bio_PrivateKey(bio.get(), nullptr, note_passphrase, &is_encrypted)};
  clear_errors();
  if (!key) {
    fail_to_load(setting, path,
                 is_encrypted ? "the key is encrypted, and nobody can be asked for its passphrase"
                              : "there is no private key in it, in PEM");
  }
  return key;
}

}  // namespace nsqlookupd::tls
