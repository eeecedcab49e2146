// SPDX-License-Identifier: MIT
#include <nsqlookupd/daemon/descriptor_limit.hpp>

#include <sys/resource.h>

namespace nsqlookupd {

std::size_t raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    constexpr std::size_t usual = 1024;
    return usual;
  }
  auto const before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return before;
  }
  return limit.rlim_cur;
}

}  // namespace nsqlookupd
