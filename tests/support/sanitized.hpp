// SPDX-License-Identifier: MIT
#pragma once

namespace nsqlookupd::test_support {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

/// How much a test does, `sanitized` in a build with a sanitizer, where everything takes many times
/// as long.
template <class Amount>
constexpr Amount amount(Amount usual, Amount sanitized) {
  return is_sanitized ? sanitized : usual;
}

}  // namespace nsqlookupd::test_support
