// SPDX-License-Identifier: MIT
#include "call_stack.hpp"

#include <unwind.h>

namespace nsqlookupd::profiling {
namespace {

struct walk {
  std::span<std::uintptr_t> into;
  std::size_t depth = 0;
  /// Frames that are still to be left out.
  std::size_t skip = 0;
  /// The frame that is the first; 0: whichever comes.
  std::uintptr_t from = 0;
};

_Unwind_Reason_Code take_frame(_Unwind_Context* context, void* opaque) {
  auto& done = *static_cast<walk*>(opaque);
  auto const address = static_cast<std::uintptr_t>(_Unwind_GetIP(context));
  if (done.skip != 0) {
    --done.skip;
    return _URC_NO_REASON;
  }
  if (done.from != 0 && address != done.from) {
    return _URC_NO_REASON;
  }
  done.from = 0;
  if (address == 0 || done.depth == done.into.size()) {
    return _URC_END_OF_STACK;
  }
  done.into[done.depth++] = address;
  return _URC_NO_REASON;
}

}  // namespace

// The first frame is this function's own.
[[gnu::noinline]] call_stack call_stack::of_caller(std::size_t skipped) noexcept {
  call_stack found;
  walk all{.into = found.frames_, .skip = skipped + 1};
  _Unwind_Backtrace(take_frame, &all);
  found.depth_ = all.depth;
  return found;
}

[[gnu::noinline]] call_stack call_stack::of_interrupted(std::uintptr_t address) noexcept {
  call_stack found;
  walk all{.into = found.frames_, .from = address};
  _Unwind_Backtrace(take_frame, &all);
  if (all.depth != 0) {
    found.depth_ = all.depth;
    return found;
  }
  // The tables do not lead there, or it is long past: ThreadSanitizer calls handlers later.
  found.frames_[0] = address;
  walk handler{.into = std::span{found.frames_}.subspan(1), .skip = 1};
  _Unwind_Backtrace(take_frame, &handler);
  found.depth_ = handler.depth + 1;
  return found;
}

}  // namespace nsqlookupd::profiling
