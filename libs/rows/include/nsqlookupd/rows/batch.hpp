// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/peer_info.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::rows {

/// A moment as it is written: microseconds since 1970.
[[nodiscard]] inline std::int64_t microseconds_of(registry::time_point moment) noexcept {
  return std::chrono::floor<std::chrono::microseconds>(moment.time_since_epoch()).count();
}

/// A topic as it is at present. Its texts stand in the batch's one behind the other: its name, and
/// its channels as a JSON array.
struct topic_row {
  /// Where its texts begin.
  std::size_t begin = 0;
  std::size_t name_size = 0;
  /// Zero: there is no such topic any more.
  std::size_t channels_size = 0;
};

/// A producer as it is at present.
struct producer_row {
  registry::producer_id id{};
  /// The last members have no meaning then.
  bool is_gone = true;
  /// Nothing was heard of it since `last_seen`. Otherwise it counts as seen as long as the server
  /// is alive.
  bool is_silent = false;
  std::int64_t tcp_port = 0;
  std::int64_t http_port = 0;
  registry::time_point last_seen{};
  /// Where its texts begin in the batch's, and how long each is: remote address, host name,
  /// broadcast address, version, topology zone and region, registrations and tombstones.
  std::size_t begin = 0;
  std::array<std::size_t, 8> sizes{};
};

/// Rows that replace those which were written before. One allocation holds the texts of all, and is
/// used again.
struct batch {
  /// The rows of before are of no worth: all that there is follows, in this batch and the next.
  bool begins_anew = false;
  /// All is written then that was noted. Otherwise the next batch goes on.
  bool is_complete = false;
  /// The registry's, when the batch was finished.
  std::uint64_t revision = 0;
  std::string text;
  std::vector<topic_row> topics;
  std::vector<producer_row> producers;

  [[nodiscard]] std::string_view name_of(topic_row const& row) const noexcept {
    return std::string_view{text}.substr(row.begin, row.name_size);
  }
  [[nodiscard]] std::string_view channels_of(topic_row const& row) const noexcept {
    return std::string_view{text}.substr(row.begin + row.name_size, row.channels_size);
  }
  /// In the order of producer_row::sizes.
  [[nodiscard]] std::array<std::string_view, 8> texts_of(producer_row const& row) const noexcept {
    std::array<std::string_view, 8> result;
    auto at = row.begin;
    for (std::size_t index = 0; index < result.size(); ++index) {
      result[index] = std::string_view{text}.substr(at, row.sizes[index]);
      at += row.sizes[index];
    }
    return result;
  }

  /// Bytes that it takes.
  [[nodiscard]] std::size_t size() const noexcept {
    return text.size() + topics.size() * sizeof(topic_row) +
           producers.size() * sizeof(producer_row);
  }

  void clear() noexcept {
    begins_anew = is_complete = false;
    text.clear();
    topics.clear();
    producers.clear();
  }
};

}  // namespace nsqlookupd::rows
