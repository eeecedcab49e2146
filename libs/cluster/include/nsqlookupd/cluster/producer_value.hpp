// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/results.hpp>
#include <nsqlookupd/registry/time.hpp>
#include <nsqlookupd/rows/batch.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd::cluster {

/// A topic, or a channel of it unless that is empty.
using name_pair = std::pair<std::string, std::string>;

/// Those of an ordered container of names that are this one, or a channel of it.
template <class Names>
[[nodiscard]] auto range_of(Names& names, name_pair const& name) {
  auto const end =
      name.second.empty() ? names.lower_bound({name.first + '\0', {}}) : names.upper_bound(name);
  return std::ranges::subrange{names.lower_bound(name), end};
}

/// The value of one key of a producer. One that has very many registrations has several keys, each
/// with some of them.
struct producer_value {
  registry::member_producer producer;
  /// With their channels, sorted.
  std::map<std::string, std::vector<std::string>, std::less<>> topics;
  /// Topics under which a tombstone hides it, and when that was set.
  std::map<std::string, registry::time_point, std::less<>> tombstones;

  /// Whether it is registered under the topic, and the channel unless that is empty.
  [[nodiscard]] bool has(std::string_view topic, std::string_view channel) const;
};

/// A value is split where it would be longer: etcd takes no request over 1.5 MiB.
inline constexpr std::size_t max_value_size = std::size_t{512} << 10U;

/// The values of a producer's row that is not gone, as JSON: of its first key, and of those behind
/// if it has any.
[[nodiscard]] std::vector<std::string> encode_producer(rows::batch const& from,
                                                       rows::producer_row const& row,
                                                       std::size_t max_size = max_value_size);

/// Null when it is none, or one whose host, ports or names no producer may have.
[[nodiscard]] std::shared_ptr<producer_value> decode_producer(std::string_view text);

}  // namespace nsqlookupd::cluster
