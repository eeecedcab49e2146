// SPDX-License-Identifier: MIT
//
// Counters with labels from fixed lists: nothing that a client sends becomes a label.
#pragma once

#include <nsqlookupd/metrics/counter.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace nsqlookupd::metrics {

/// One counter for each name of a list; what is not in it counts for the last.
template <std::size_t Count>
class named_counters {
 public:
  using names = std::array<std::string_view, Count>;

  explicit constexpr named_counters(names const& list) noexcept : names_{list} {}

  void add(std::string_view name) noexcept {
    std::size_t position = 0;
    while (position + 1 < Count && names_[position] != name) {
      ++position;
    }
    values_[position].add();
  }

  [[nodiscard]] std::string_view name(std::size_t position) const noexcept {
    return names_[position];
  }
  [[nodiscard]] std::uint64_t value(std::size_t position) const noexcept {
    return values_[position].value();
  }

 private:
  names names_;
  std::array<counter, Count> values_;
};

/// HTTP requests by route and status.
class request_counters {
 public:
  /// Those that the server answers with, the usual first; 0 stands for any other.
  static constexpr std::array<unsigned, 17> statuses = {200, 404, 400, 301, 308, 401, 403, 405, 413,
                                                        417, 431, 500, 501, 503, 505, 408, 0};

  /// `routes` are the labels, in static storage; the last is for requests of no route.
  explicit request_counters(std::span<std::string_view const> routes)
      : routes_{routes}, values_{std::make_unique<by_status[]>(routes.size())} {}

  /// `route` is a position in the list; beyond it, the request was for none.
  void add(std::size_t route, unsigned status) noexcept {
    auto const row = std::min(route, routes_.size() - 1);
    std::size_t column = 0;
    while (column + 1 < statuses.size() && statuses[column] != status) {
      ++column;
    }
    values_[row][column].add();
  }

  [[nodiscard]] std::span<std::string_view const> routes() const noexcept { return routes_; }
  [[nodiscard]] std::uint64_t value(std::size_t route, std::size_t status) const noexcept {
    return values_[route][status].value();
  }

 private:
  using by_status = std::array<counter, statuses.size()>;

  std::span<std::string_view const> routes_;
  std::unique_ptr<by_status[]> values_;
};

}  // namespace nsqlookupd::metrics
