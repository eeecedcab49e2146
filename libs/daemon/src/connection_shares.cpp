// SPDX-License-Identifier: MIT
#include <nsqlookupd/daemon/connection_shares.hpp>

#include <algorithm>
#include <limits>

namespace nsqlookupd {
namespace {

constexpr std::size_t most_reserved_for_http = 16;

std::size_t tenth_of(std::size_t limit) {
  constexpr std::size_t ten = 10;
  return limit / ten + (limit % ten != 0 ? 1 : 0);
}

std::size_t but(std::size_t reserved, std::size_t limit) {
  return std::max<std::size_t>(1, limit - reserved);
}

}  // namespace

connection_shares::connection_shares(std::size_t limit) noexcept
    : limit_{limit == 0 ? std::numeric_limits<std::size_t>::max() : limit},
      most_{but(std::min(tenth_of(limit_), most_reserved_for_http), limit_),
            but(tenth_of(limit_), limit_)} {}

bool connection_shares::has_space(net::client_kind kind) const noexcept {
  auto const& [tcp, http] = counts_;
  return counts_[static_cast<std::size_t>(kind)] < most(kind) && tcp + http < limit_;
}

}  // namespace nsqlookupd
