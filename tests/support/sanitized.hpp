// SPDX-License-Identifier: MIT
#pragma once

namespace nsqlookupd::test_support {

#ifdef NSQLOOKUPD_SANITIZED
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

/// How much a test does, or how long something may take: `sanitized` in a build with a sanitizer,
/// where everything takes many times as long.
template <class Amount>
constexpr Amount amount(Amount usual, Amount sanitized) {
  return is_sanitized ? sanitized : usual;
}

}  // namespace nsqlookupd::test_support
