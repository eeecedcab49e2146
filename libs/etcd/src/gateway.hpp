// SPDX-License-Identifier: MIT
//
// etcd's JSON gateway in words: requests and answers as values, without a socket. Numbers of 64
// bits are strings in it, keys and values base64, and fields that are 0, false or empty are left
// out.
#pragma once

#include <nsqlookupd/etcd/error.hpp>
#include <nsqlookupd/etcd/values.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::etcd {

/// etcd's limits are 128 operations and 1.5 MiB, as protocol buffers, which are smaller than JSON.
inline constexpr std::size_t max_operations = 128;
inline constexpr std::size_t max_transaction_size = std::size_t{1} << 20U;

[[nodiscard]] std::string encode_authenticate(std::string_view user, std::string_view password);
[[nodiscard]] std::string encode_grant(std::chrono::seconds ttl);
/// For keep-alive and revoke.
[[nodiscard]] std::string encode_lease(std::int64_t lease);
/// A transaction of as many of the first operations as go into one, which are taken off `rest`.
/// One that is too large by itself is in a transaction of its own. etcd refuses two puts of a key
/// in a transaction, and a put of a key that is removed in it: the second begins another one.
[[nodiscard]] std::string encode_transaction(std::span<operation const>& rest);
[[nodiscard]] std::string encode_put_if_absent(operation const& put);
[[nodiscard]] std::string encode_range(std::string_view begin, std::string_view end,
                                       std::int64_t limit, std::int64_t at_revision);
[[nodiscard]] std::string encode_watch(std::string_view begin, std::string_view end,
                                       std::int64_t from_revision);

/// Each of them fails with bad_answer when the body is no such answer.
[[nodiscard]] result<std::string> decode_token(std::string_view body);
/// Fails with too_old, too.
[[nodiscard]] result<void> decode_version(std::string_view body);
[[nodiscard]] result<std::int64_t> decode_grant(std::string_view body);
/// Fails with lease_not_found, too.
[[nodiscard]] result<std::chrono::seconds> decode_keep_alive(std::string_view body);
/// Returns etcd's revision, which is in every answer.
[[nodiscard]] result<std::int64_t> decode_revision(std::string_view body);
[[nodiscard]] result<page> decode_range(std::string_view body);

/// An error that etcd has answered.
struct fault {
  /// None: it was none.
  boost::system::error_code code = {};
  /// For the log, on one line.
  std::string message = {};
  /// Another token may help.
  bool is_of_token = false;
};

/// The fault of an answer that was decoded to an error; none otherwise.
template <class Value>
[[nodiscard]] fault fault_of(result<Value> const& decoded) {
  auto const error = decoded ? boost::system::error_code{} : decoded.error();
  return {error, error.message()};
}

/// An answer with another HTTP status than 200.
[[nodiscard]] fault decode_failure(unsigned status, std::string_view body);

/// One line of a watch.
struct watch_line {
  /// The watch has ended for this.
  fault failure = {};
  bool created = false;
  /// More of the same revision follows.
  bool is_fragment = false;
  std::int64_t revision = 0;
  std::vector<event> events;
};

[[nodiscard]] watch_line decode_watch(std::string_view line);

}  // namespace nsqlookupd::etcd
