// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/cluster/etcd_client.hpp>

#include "etcd_transport.hpp"

#include <memory>
#include <string>

namespace nsqlookupd::cluster {

/// The state of an etcd_watch, which its coroutines share.
class watch_stream {
 public:
  /// `connection`: its first line has been read.
  watch_stream(std::shared_ptr<etcd_transport> transport,
               std::shared_ptr<etcd_connection> connection);

  [[nodiscard]] net::task<result<watch_answer>> next();
  void cancel();
  [[nodiscard]] std::string const& endpoint() const noexcept { return endpoint_; }

 private:
  // Ends the watch.
  boost::system::error_code fail(boost::system::error_code error, std::string_view message);

  std::shared_ptr<etcd_transport> transport_;
  std::shared_ptr<etcd_connection> connection_;
  std::string endpoint_;
};

/// Opens a watch; see etcd_client::open_watch().
[[nodiscard]] net::task<result<std::unique_ptr<etcd_watch>>> open_watch_of(
    std::shared_ptr<etcd_transport> transport, std::string prefix, std::int64_t from_revision);

}  // namespace nsqlookupd::cluster
