// SPDX-License-Identifier: MIT
#include <nsqlookupd/net/buffer_pool.hpp>

namespace nsqlookupd::net {
namespace {

// Beyond these, memory goes back to the system: one long answer or one burst must not be kept.
constexpr std::size_t largest_spare_output = std::size_t{256} << 10U;
constexpr std::size_t most_spare_buffers = 16;

}  // namespace

buffer_pool::lease buffer_pool::take() {
  {
    std::lock_guard const lock{mutex_};
    if (!free_.empty()) {
      lease taken{free_.back().release(), {this}};
      free_.pop_back();
      return taken;
    }
  }
  return {std::make_unique_for_overwrite<work_buffers>().release(), {this}};
}

void buffer_pool::give_back::operator()(work_buffers* lent) const noexcept {
  std::unique_ptr<work_buffers> buffers{lent};
  if (buffers->output.capacity() > largest_spare_output) {
    std::string{}.swap(buffers->output);
  }
  buffers->output.clear();
  std::lock_guard const lock{pool->mutex_};
  if (pool->free_.size() < most_spare_buffers) {
    pool->free_.push_back(std::move(buffers));
  }
}

}  // namespace nsqlookupd::net
