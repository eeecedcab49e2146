// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bench {

/// Reads one HTTP answer as its bytes come, and keeps no more than its beginning: `/debug` of a
/// million registrations is a quarter of a gigabyte.
class http_answer {
 public:
  /// Takes what belongs to this answer from the front of `bytes`; returns how much that was. Throws
  /// std::runtime_error, one line, when it is no HTTP or the status is not 200.
  std::size_t take(std::string_view bytes);
  [[nodiscard]] bool is_whole() const noexcept { return awaited_ == part::nothing; }
  /// Bytes of the body so far, without what chunks add.
  [[nodiscard]] std::size_t body_bytes() const noexcept { return body_bytes_; }
  /// The first bytes of the body, 256 at most.
  [[nodiscard]] std::string const& body_start() const noexcept { return body_start_; }

 private:
  enum class part { head, body, chunk_size, chunk, chunk_end, last_end, nothing };

  std::size_t take_some(std::string_view bytes);
  std::size_t take_head(std::string_view bytes);
  std::size_t take_chunk_size(std::string_view bytes);
  std::size_t take_body(std::string_view bytes);
  void read_head();
  void begin_next_part();

  part awaited_ = part::head;
  // The head, or the line with a chunk's size, as far as it has come.
  std::string text_;
  // Bytes of the body or of this chunk that are still to come.
  std::size_t rest_ = 0;
  std::size_t body_bytes_ = 0;
  std::string body_start_;
};

}  // namespace bench
