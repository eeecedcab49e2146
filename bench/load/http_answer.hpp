// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

/// An answer whose status is not 200, as one line.
class http_refusal : public std::runtime_error {
 public:
  http_refusal(std::string const& line, int status) : std::runtime_error{line}, status_{status} {}

  [[nodiscard]] int status() const noexcept { return status_; }

 private:
  int status_;
};

/// Reads one HTTP answer as its bytes come, and keeps no more than the beginning of its body:
/// `/debug` of a million registrations is a quarter of a gigabyte.
class http_answer {
 public:
  static constexpr std::size_t usual_start = 256;
  static constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();

  /// `longest_start` is the number of bytes of the body that body_start() has at most.
  explicit http_answer(std::size_t longest_start = usual_start) : longest_start_{longest_start} {}

  /// Takes what belongs to this answer from the front of `bytes`; returns how much that was. Throws
  /// std::runtime_error, one line, when it is no HTTP, and http_refusal when the status is not 200.
  std::size_t take(std::string_view bytes);
  [[nodiscard]] bool is_whole() const noexcept { return awaited_ == part::nothing; }
  /// Bytes of the body so far, without what chunks add.
  [[nodiscard]] std::size_t body_bytes() const noexcept { return body_bytes_; }
  /// The first bytes of the body. More is read behind what the caller leaves in it.
  [[nodiscard]] std::string& body_start() noexcept { return body_start_; }
  /// The number in X-Nsq-Index; zero without one.
  [[nodiscard]] std::uint64_t index() const noexcept { return index_; }

 private:
  enum class part { head, body, chunk_size, chunk, chunk_end, last_end, nothing };

  std::size_t take_some(std::string_view bytes);
  std::size_t take_head(std::string_view bytes);
  std::size_t take_chunk_size(std::string_view bytes);
  std::size_t take_body(std::string_view bytes);
  void read_head();
  void begin_next_part();

  std::size_t longest_start_;
  part awaited_ = part::head;
  // The head, or the line with a chunk's size, as far as it has come.
  std::string text_;
  // Bytes of the body or of this chunk that are still to come.
  std::size_t rest_ = 0;
  std::size_t body_bytes_ = 0;
  std::uint64_t index_ = 0;
  std::string body_start_;
};

}  // namespace bench
