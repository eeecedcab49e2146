// SPDX-License-Identifier: MIT
#include "many_descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace nsqlookupd::e2e {

std::size_t allow_many_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    throw std::system_error{errno, std::generic_category(), "getrlimit"};
  }
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    throw std::system_error{errno, std::generic_category(), "setrlimit"};
  }
  return limit.rlim_cur;
}

std::size_t clients_up_to(std::size_t wanted) {
  constexpr std::size_t own = 200;
  return std::min(wanted, allow_many_descriptors() - own);
}

}  // namespace nsqlookupd::e2e
