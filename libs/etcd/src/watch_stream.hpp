// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/etcd/client.hpp>

#include "transport.hpp"

#include <memory>
#include <string>

namespace nsqlookupd::etcd {

/// The state of an watch, which its coroutines share.
class watch_stream {
 public:
  /// `connection`: its first line has been read.
  watch_stream(std::shared_ptr<transport> transport, std::shared_ptr<connection> connection);

  [[nodiscard]] net::task<result<watch_answer>> next();
  void cancel();
  [[nodiscard]] std::string const& endpoint() const noexcept { return endpoint_; }

 private:
  // Ends the watch.
  boost::system::error_code fail(boost::system::error_code error, std::string_view message);

  std::shared_ptr<transport> transport_;
  std::shared_ptr<connection> connection_;
  std::string endpoint_;
};

/// Opens a watch; see client::open_watch().
[[nodiscard]] net::task<result<std::unique_ptr<watch>>> open_watch_of(
    std::shared_ptr<transport> transport, std::string prefix, std::int64_t from_revision);

}  // namespace nsqlookupd::etcd
