// SPDX-License-Identifier: MIT
#pragma once

#include "http_answer.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

/// `HOST:PORT` as an endpoint. Throws std::runtime_error, one line, when it cannot be resolved.
[[nodiscard]] boost::asio::ip::tcp::endpoint resolve(std::string const& address);

/// An endpoint as `HOST:PORT`.
[[nodiscard]] std::string to_text(boost::asio::ip::tcp::endpoint const& endpoint);

/// The next of the addresses that connections to a server on loopback come from: each of them has
/// ports of its own, so that they do not run out. It has no port yet.
[[nodiscard]] boost::asio::ip::tcp::endpoint next_source();

/// Binds a socket that connects to a server on loopback to the next of these addresses; a socket
/// to another server stays as it is.
void bind_to_next_source(int socket, boost::asio::ip::tcp::endpoint const& server,
                         boost::system::error_code& error);

/// A client of the server under load. A failure is a std::runtime_error, one line that names the
/// server. Clients of one thread share the memory that they read into.
class client {
 public:
  explicit client(boost::asio::io_context& io) : socket_{io} {}

  /// `receive_buffer` is the size of the kernel's buffer in bytes; 0 leaves it to the system.
  boost::asio::awaitable<void> connect(boost::asio::ip::tcp::endpoint server,
                                       int receive_buffer = 0);
  /// `bytes` must stay where they are until it is done.
  boost::asio::awaitable<void> send(std::string_view bytes);
  /// Reads `count` replies of the TCP protocol. Throws when one begins with `E_`, too.
  boost::asio::awaitable<void> read_frames(std::size_t count);
  /// Reads one HTTP answer and returns the size of its body.
  boost::asio::awaitable<std::size_t> read_answer(
      std::size_t longest_start = http_answer::usual_start);
  /// Reads until the server ends the connection, whatever it sends.
  boost::asio::awaitable<void> read_to_end();
  /// The first bytes of the body that was read last, `longest_start` at most.
  [[nodiscard]] std::string const& body_start() const noexcept { return body_start_; }
  /// The X-Nsq-Index of that answer; zero without one.
  [[nodiscard]] std::uint64_t index() const noexcept { return index_; }
  /// A call that waits for the server then throws.
  void close();

 private:
  boost::asio::awaitable<void> read_more();
  void check(boost::system::error_code error, char const* operation) const;

  boost::asio::ip::tcp::socket socket_;
  boost::asio::ip::tcp::endpoint server_;
  // The bytes that were read and not consumed yet: [taken_, input_.size()).
  std::string input_;
  std::size_t taken_ = 0;
  std::string body_start_;
  std::uint64_t index_ = 0;
};

/// Magic and IDENTIFY of a producer; `number` makes it different from others.
[[nodiscard]] std::string identify(std::size_t number);

/// A request for `path`.
[[nodiscard]] std::string get(std::string_view path);

}  // namespace bench
