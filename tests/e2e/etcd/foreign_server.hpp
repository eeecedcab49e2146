// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace nsqlookupd::etcd::test {

/// A server that is no etcd, on the test's event loop: it sends each client the same bytes as soon
/// as that has sent something, and leaves the connection open. It outlives no event loop.
class foreign_server {
 public:
  /// `answer`: nothing is sent where it is empty.
  foreign_server(boost::asio::io_context& io, std::string answer);
  foreign_server(foreign_server const&) = delete;
  foreign_server& operator=(foreign_server const&) = delete;
  ~foreign_server();

  [[nodiscard]] std::string url(std::string const& scheme = "http") const;
  /// How many clients have come.
  [[nodiscard]] std::size_t connections() const noexcept;

 private:
  struct state;

  std::shared_ptr<state> state_;
};

/// An answer of HTTP with this body.
[[nodiscard]] std::string http_text(std::string const& status, std::string const& body);

}  // namespace nsqlookupd::etcd::test
