// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/net/vocabulary.hpp>

#include <array>
#include <atomic>
#include <cstddef>

namespace nsqlookupd {

/// How the connections that there may be are shared out, so that neither kind of client can use
/// them up. HTTP may have nine tenths of them: the rest is for producers. TCP may have all but a
/// tenth, which is sixteen at most: those are for probes over HTTP. Each may have one at least.
///
/// Thread-safe.
class connection_shares {
 public:
  /// `limit`: of both kinds together; 0: none.
  explicit connection_shares(std::size_t limit) noexcept;

  /// True when one more may begin.
  [[nodiscard]] bool has_space(net::client_kind kind) const noexcept;
  void begin(net::client_kind kind) noexcept { ++count(kind); }
  void end(net::client_kind kind) noexcept { --count(kind); }

  /// The most that there may be of this kind.
  [[nodiscard]] std::size_t most(net::client_kind kind) const noexcept {
    return most_[static_cast<std::size_t>(kind)];
  }

 private:
  [[nodiscard]] std::atomic<std::size_t>& count(net::client_kind kind) noexcept {
    return counts_[static_cast<std::size_t>(kind)];
  }

  std::size_t limit_;
  std::array<std::size_t, 2> most_;
  std::array<std::atomic<std::size_t>, 2> counts_{};
};

}  // namespace nsqlookupd
