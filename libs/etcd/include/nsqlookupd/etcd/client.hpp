// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/etcd/error.hpp>
#include <nsqlookupd/etcd/values.hpp>
#include <nsqlookupd/net/task.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/url/url.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::etcd {

class transport;

struct settings {
  /// At least one; http or https, with a host and, unless it is 2379, a port.
  std::vector<boost::urls::url> endpoints;
  /// PEM, for https. The authority that signs etcd's certificates (empty: those that the system
  /// trusts), and the client's own certificate with its key (may be empty).
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  /// Empty: no authentication. The password is the file without the end of its line. It is read
  /// again whenever a token is asked for.
  std::string user;
  std::string password_file;
  /// For each attempt of a request at an endpoint, with all that is on the way to the answer.
  std::chrono::milliseconds request_timeout{2000};
  /// Told of each attempt; may be empty. `operation` is one of txn, range, lease_grant,
  /// lease_keepalive, lease_revoke, watch, version and authenticate; `code` is a code_name().
  std::function<void(std::string_view operation, std::string_view code,
                     std::chrono::nanoseconds time)>
      on_attempt;
};

/// A watch of some keys that etcd has confirmed. On a connection of its own, which ends with it.
class watch {
 public:
  /// The state that its coroutines share.
  struct stream;

  explicit watch(std::shared_ptr<stream> of);
  watch(watch const&) = delete;
  watch& operator=(watch const&) = delete;
  ~watch();

  /// Waits for news, however long that takes. After an error the watch is at its end. It is
  /// errc::compacted when etcd does not have the first revision any more, and
  /// operation_aborted after cancel(). One next() at a time.
  ///
  /// A connection that died is noticed within fifteen seconds. That an etcd hangs is not noticed
  /// here: the time-out of other requests tells.
  [[nodiscard]] net::task<result<watch_answer>> next();

  /// Ends the watch; a next() that waits ends. Any number of times.
  void cancel();

 private:
  std::shared_ptr<stream> stream_;
};

/// A client of etcd (≥ 3.4) through its JSON gateway. It keeps to the endpoint that works. When
/// that one fails, cannot be reached, or does not answer in time, each request tries the others,
/// once around, and then ends with the last error. Requests run side by side, each on a connection
/// of its own, which later ones use again; so a large commit delays no keep-alive.
///
/// After timed_out, unreachable and unavailable nobody knows whether it was done, and another
/// endpoint may have been asked to do it again. Puts and removals can be repeated without harm. A
/// second lease ends by itself.
///
/// All of it belongs to one thread: the one that runs the io_context, which must live longer.
/// The coroutines do not need the client, nor the watch, to live as long as they do.
class client {
 public:
  /// Connects to nothing yet. Throws std::runtime_error, with one line that names the setting and
  /// the file, when an endpoint is no URL of etcd's or a file of TLS does not load.
  client(boost::asio::io_context& io, settings how);
  client(client const&) = delete;
  client& operator=(client const&) = delete;
  /// As cancel().
  ~client();

  /// Whether there is an etcd, and one that is new enough.
  [[nodiscard]] net::task<result<void>> check_version();

  /// Returns the id of a new lease.
  [[nodiscard]] net::task<result<std::int64_t>> grant_lease(std::chrono::seconds ttl);
  /// Returns how long the lease lasts from now; lease_not_found when it has ended.
  [[nodiscard]] net::task<result<std::chrono::seconds>> keep_alive(std::int64_t lease);
  /// Removes its keys, too. Returns the revision after that.
  [[nodiscard]] net::task<result<std::int64_t>> revoke_lease(std::int64_t lease);

  /// Does all of them, in this order, in as few transactions as etcd allows. An error leaves those
  /// before it done. Returns the revision after the last, or the present one if there is none.
  [[nodiscard]] net::task<result<std::int64_t>> commit(std::vector<operation> operations);

  /// Puts the key unless there is one. Returns the revision after that. Read the value where it
  /// matters which of several was first.
  [[nodiscard]] net::task<result<std::int64_t>> put_if_absent(operation const& put);

  /// Reads the keys from `begin` until before `end`, or `begin` alone where `end` is empty; `limit`
  /// of them at most (0: all). `at_revision`: the state after it; 0 is the newest. Errors are
  /// compacted and future_revision, too.
  [[nodiscard]] net::task<result<page>> range(std::string_view begin, std::string_view end,
                                              std::int64_t limit, std::int64_t at_revision = 0);

  /// Returns a watch of all keys with the prefix, from this revision on (0: from now), once etcd
  /// has confirmed it. future_revision: etcd is not even at the revision before. An etcd that has
  /// lost its data would be silent until it gets there.
  [[nodiscard]] net::task<result<std::unique_ptr<watch>>> open_watch(std::string prefix,
                                                                     std::int64_t from_revision);

  /// Closes all connections. Whatever waits ends with operation_aborted, watches as well. Requests
  /// that begin later are done as ever.
  void cancel();

  /// `ENDPOINT: MESSAGE` of the last attempt that failed, on one line; empty before.
  [[nodiscard]] std::string const& last_failure() const noexcept;

 private:
  std::shared_ptr<transport> transport_;
};

}  // namespace nsqlookupd::etcd
