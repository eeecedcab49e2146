// SPDX-License-Identifier: MIT
#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/is_error_code_enum.hpp>
#include <boost/system/result.hpp>

#include <string_view>
#include <type_traits>

namespace nsqlookupd::etcd {

/// Why etcd did not do it. Other failures are operation_aborted of Asio, after a cancel(), alone.
enum class errc {
  /// No connection, or one that ended early.
  unreachable = 1,
  /// No answer within the time for a request. It may have been done.
  timed_out,
  /// TLS: one side did not like the other's certificate, or does not speak TLS.
  tls_failed,
  /// etcd shuts down, has no leader, or did not reach agreement. It may have been done.
  unavailable,
  /// The answer is none of etcd's, or too large.
  bad_answer,
  /// Wrong user, password or permission.
  refused,
  /// etcd does not have the revision any more: read everything again.
  compacted,
  /// etcd does not have the revision yet: its data were lost, or this node is behind.
  future_revision,
  lease_not_found,
  /// etcd's database is full, or it has too many requests.
  exhausted,
  /// The version is less than 3.4.
  too_old,
  /// etcd did not accept the request for another reason.
  rejected
};

template <class Value>
using result = boost::system::result<Value>;

/// The category of the errors above.
[[nodiscard]] boost::system::error_category const& category() noexcept;

[[nodiscard]] boost::system::error_code make_error_code(errc error) noexcept;

/// For labels of metrics: `ok`, the name of an errc, or `cancelled`.
[[nodiscard]] std::string_view code_name(boost::system::error_code error) noexcept;

/// Whether another endpoint may do better.
[[nodiscard]] bool is_fault_of_endpoint(boost::system::error_code error) noexcept;

}  // namespace nsqlookupd::etcd

template <>
struct boost::system::is_error_code_enum<nsqlookupd::etcd::errc> : std::true_type {};
