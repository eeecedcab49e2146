// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace nsqlookupd::net {

/// Gives small texts memory of the ordinary kind, and large ones pages of their own. A heap keeps
/// what thousands of clients made it hold, and while they grow it holds gaps besides.
struct large_text_allocator {
  using value_type = char;
  template <class>
  struct rebind {
    using other = large_text_allocator;
  };

  [[nodiscard]] char* allocate(std::size_t size);
  void deallocate(char* memory, std::size_t size) noexcept;
  bool operator==(large_text_allocator const&) const noexcept = default;
};

/// Input of a command that is not whole yet.
using large_text = std::basic_string<char, std::char_traits<char>, large_text_allocator>;

/// Bounds what is kept in memory for all clients together: input that is no whole command yet, and
/// replies that were not taken yet (`-max-input-memory`).
///
/// Thread-safe.
class client_memory {
 public:
  enum class use : std::uint8_t { input, output };

  /// `limit`: bytes for all clients. `producer_share`: bytes that a producer may always have for
  /// either use, so that nobody can keep it from sending a line.
  client_memory(std::size_t limit, std::size_t producer_share) noexcept
      : limit_{limit}, producer_share_{producer_share} {}

  /// Accounts for a client whose memory goes from `bytes` to `after` bytes, and sets `bytes`.
  /// False, and nothing changes, when all clients together would have more than the limit.
  [[nodiscard]] bool resize(use kind, std::size_t& bytes, std::size_t after,
                            bool is_producer) noexcept;

  /// True when a client that is no producer may have `more` bytes at this moment.
  [[nodiscard]] bool has_space(std::size_t more) const noexcept {
    return used(use::input) + used(use::output) + more <= limit_;
  }

  /// Accounts for one more client that waits to be sent `text`: the text counts once, however many
  /// clients wait for it. False, and nothing changes, when it would be over the limit.
  [[nodiscard]] bool add_reader(std::string const& text);
  /// Ends what add_reader() began. `text` is the same object.
  void remove_reader(std::string const& text) noexcept;

  /// Bytes in use at this moment.
  [[nodiscard]] std::size_t used(use kind) const noexcept {
    return used_[static_cast<std::size_t>(kind)];
  }

 private:
  std::size_t limit_;
  std::size_t producer_share_;
  std::array<std::atomic<std::size_t>, 2> used_{};
  std::mutex mutex_;
  std::unordered_map<std::string const*, std::size_t> readers_;
};

}  // namespace nsqlookupd::net
