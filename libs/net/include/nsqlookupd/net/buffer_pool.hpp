// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace nsqlookupd::net {

/// The buffers that a connection needs only while it is served: where its input is read to, and
/// where its replies are gathered.
struct work_buffers {
  static constexpr std::size_t input_size = std::size_t{64} << 10U;

  std::array<char, input_size> input;
  std::string output;
};

/// Lends work_buffers, so that an idle connection holds none. With one thread, one pair serves all.
///
/// Thread-safe.
class buffer_pool {
 public:
  struct give_back {
    buffer_pool* pool;
    void operator()(work_buffers* lent) const noexcept;
  };
  using lease = std::unique_ptr<work_buffers, give_back>;

  /// Buffers with an empty output. They go back when the lease ends.
  [[nodiscard]] lease take();

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<work_buffers>> free_;
};

}  // namespace nsqlookupd::net
