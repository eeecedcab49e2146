// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
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
  class lease {
   public:
    lease(lease&&) noexcept = default;
    lease& operator=(lease&&) = delete;
    ~lease();

    [[nodiscard]] work_buffers* operator->() const noexcept { return buffers_.get(); }

   private:
    friend class buffer_pool;
    lease(buffer_pool& pool, std::unique_ptr<work_buffers> buffers) noexcept
        : pool_{&pool}, buffers_{std::move(buffers)} {}

    buffer_pool* pool_;
    std::unique_ptr<work_buffers> buffers_;
  };

  /// Buffers with an empty output. They go back when the lease ends.
  [[nodiscard]] lease take();

 private:
  void give_back(std::unique_ptr<work_buffers> buffers) noexcept;

  std::mutex mutex_;
  std::vector<std::unique_ptr<work_buffers>> free_;
};

}  // namespace nsqlookupd::net
