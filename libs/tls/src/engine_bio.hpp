// SPDX-License-Identifier: MIT
#pragma once

#include <openssl/bio.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace nsqlookupd::tls {

/// What stands between an SSL object and the wire: input that was received, output that is to be
/// sent. OpenSSL's own memory BIO keeps the largest buffer it ever had; a connection that is idle
/// shall have none.
class engine_bio {
 public:
  engine_bio() = default;
  engine_bio(engine_bio const&) = delete;
  engine_bio& operator=(engine_bio const&) = delete;
  ~engine_bio() = default;

  /// A BIO on it, which it must outlive. Throws std::bad_alloc.
  [[nodiscard]] BIO* make_bio();

  void receive(std::string_view bytes);
  [[nodiscard]] std::string_view input() const noexcept {
    return std::string_view{input_}.substr(taken_);
  }
  void take(std::size_t count) noexcept;

  void put(std::string_view bytes) { output_.append(bytes); }
  [[nodiscard]] std::string_view output() const noexcept {
    return std::string_view{output_}.substr(sent_);
  }
  void sent(std::size_t count) noexcept;

 private:
  std::string input_;
  std::string output_;
  std::size_t taken_ = 0;
  std::size_t sent_ = 0;
};

}  // namespace nsqlookupd::tls
