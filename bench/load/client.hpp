// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

/// `host:port` as an endpoint. Throws std::runtime_error, one line, when it cannot be resolved.
[[nodiscard]] boost::asio::ip::tcp::endpoint resolve(std::string const& address);

/// A client of the server under load. What fails throws boost::system::system_error with the name
/// of what was tried.
class client {
 public:
  explicit client(boost::asio::io_context& io) : socket_{io} {}

  /// From one of many loopback addresses when the server is on loopback, so that ports do not run
  /// out.
  boost::asio::awaitable<void> connect(boost::asio::ip::tcp::endpoint server);
  /// `bytes` must stay where they are until it is done.
  boost::asio::awaitable<void> send(std::string_view bytes);
  /// Reads `count` replies of the TCP protocol. Throws when one begins with `E_`.
  boost::asio::awaitable<void> read_frames(std::size_t count);
  /// Reads one HTTP answer and returns the size of its body.
  boost::asio::awaitable<std::size_t> read_answer();
  /// The start of the body that was read last.
  [[nodiscard]] std::string const& last_body() const noexcept { return body_; }
  void close();

 private:
  boost::asio::awaitable<void> read_more();

  boost::asio::ip::tcp::socket socket_;
  // What was read and not consumed yet: [taken_, input_.size()).
  std::string input_;
  std::size_t taken_ = 0;
  std::string body_;
};

/// Magic and IDENTIFY of a producer; `number` makes it different from others.
[[nodiscard]] std::string identify(std::size_t number);

/// A request for `path`.
[[nodiscard]] std::string get(std::string_view path);

}  // namespace bench
