// SPDX-License-Identifier: MIT
//
// The values that go to etcd and come from there. Keys and values are any bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nsqlookupd::etcd {

/// A key with its value, as it was after some revision.
struct key_value {
  std::string key;
  std::string value;
  /// The revision that made the key, and the last one that wrote it.
  std::int64_t create_revision = 0;
  std::int64_t mod_revision = 0;
  /// 0: none.
  std::int64_t lease = 0;

  bool operator==(key_value const&) const = default;
};

/// The least key that is greater than every key that begins with `prefix`: the end of its range.
[[nodiscard]] std::string end_of_prefix(std::string prefix);

/// One step of a commit. Each may be done twice in a row without any harm.
struct operation {
  enum class type : std::uint8_t { put, remove };

  [[nodiscard]] static operation put(std::string key, std::string value, std::int64_t lease = 0);
  [[nodiscard]] static operation remove(std::string key);
  [[nodiscard]] static operation remove_prefix(std::string prefix);

  type kind = type::put;
  std::string key;
  /// For a put.
  std::string value = {};
  std::int64_t lease = 0;
  /// For a removal: where its range ends; empty for `key` alone.
  std::string end = {};
};

/// Some of the keys of a range, in their order.
struct page {
  std::vector<key_value> entries;
  /// There are more keys behind.
  bool more = false;
  /// etcd's own, when it answered. Further pages are asked for at the one of the first.
  std::int64_t revision = 0;
};

/// A change of a key.
struct event {
  bool is_removal = false;
  /// A removal has key and mod_revision alone.
  key_value entry;

  bool operator==(event const&) const = default;
};

/// News of a watch.
struct watch_answer {
  /// In the order of revisions; all events of a revision are in one answer. Without events only
  /// the revision is news.
  std::vector<event> events;
  /// Everything up to and with it has been told: go on from the next one.
  std::int64_t revision = 0;
};

}  // namespace nsqlookupd::etcd
