// SPDX-License-Identifier: MIT
#include "client.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/endian/conversion.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace bench {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

bool is_end(error_code error) {
  return error == asio::error::eof || error == asio::error::connection_reset ||
         error == asio::error::broken_pipe;
}

}  // namespace

tcp::endpoint next_source() {
  constexpr std::uint32_t first = 0x7f000101;
  constexpr std::uint32_t sources = 200;
  static std::uint32_t turn = 0;
  return {asio::ip::address_v4{first + turn++ % sources}, 0};
}

// Addresses of loopback only reach loopback.
void bind_to_next_source(int socket, tcp::endpoint const& server, error_code& error) {
  if (!server.address().is_loopback() || !server.address().is_v4()) {
    return;
  }
  int const on = 1;
  ::setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  auto const source = next_source();
  if (::bind(socket, source.data(), static_cast<socklen_t>(source.size())) != 0) {
    error = {errno, boost::system::system_category()};
  }
}

tcp::endpoint resolve(std::string const& address) {
  auto const colon = address.rfind(':');
  if (colon == std::string::npos || colon + 1 == address.size()) {
    throw std::runtime_error{"address '" + address + "' has no port: say HOST:PORT"};
  }
  auto host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  asio::io_context io;
  tcp::resolver resolver{io};
  error_code error;
  auto const found = resolver.resolve(host, address.substr(colon + 1), error);
  if (error) {
    throw std::runtime_error{"address '" + address + "': " + error.message()};
  }
  return found.begin()->endpoint();
}

std::string to_text(tcp::endpoint const& endpoint) {
  auto const host = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? '[' + host + ']' : host) + ':' +
         std::to_string(endpoint.port());
}

void client::check(error_code error, char const* operation) const {
  if (is_end(error)) {
    throw std::runtime_error{to_text(server_) +
                             " closed the connection before it had answered all"};
  }
  if (error) {
    throw std::runtime_error{std::string{"cannot "} + operation + ' ' + to_text(server_) + ": " +
                             error.message()};
  }
}

asio::awaitable<void> client::connect(tcp::endpoint server, int receive_buffer) {
  server_ = server;
  error_code error;
  socket_.open(server.protocol(), error);
  check(error, "open a socket to");
  if (receive_buffer != 0) {
    socket_.set_option(asio::socket_base::receive_buffer_size{receive_buffer}, error);
    check(error, "choose a buffer for");
  }
  bind_to_next_source(socket_.native_handle(), server, error);
  check(error, "bind an address of loopback to reach");
  co_await socket_.async_connect(server, asio::redirect_error(asio::use_awaitable, error));
  check(error, "connect to");
  socket_.set_option(tcp::no_delay{true}, error);
  socket_.non_blocking(true, error);
}

asio::awaitable<void> client::send(std::string_view bytes) {
  error_code error;
  co_await asio::async_write(socket_, asio::buffer(bytes),
                             asio::redirect_error(asio::use_awaitable, error));
  check(error, "send to");
}

// Ten thousand idle clients would need as many buffers if each waited with one in its hand.
asio::awaitable<void> client::read_more() {
  static thread_local std::array<char, std::size_t{256} << 10U> buffer;
  input_.erase(0, taken_);
  taken_ = 0;
  error_code error;
  co_await socket_.async_wait(tcp::socket::wait_read,
                              asio::redirect_error(asio::use_awaitable, error));
  check(error, "read from");
  auto const count = socket_.read_some(asio::buffer(buffer), error);
  if (error != asio::error::would_block) {
    check(error, "read from");
  }
  input_.append(buffer.data(), count);
}

asio::awaitable<void> client::read_frames(std::size_t count) {
  constexpr std::size_t prefix = 4;
  constexpr std::size_t longest = std::size_t{1} << 20U;
  while (count != 0) {
    auto const there = input_.size() - taken_;
    auto const* const start = input_.data() + taken_;
    std::size_t size = 0;
    if (there >= prefix) {
      size = boost::endian::load_big_u32(reinterpret_cast<unsigned char const*>(start));
    }
    if (size > longest) {
      throw std::runtime_error{to_text(server_) + " does not speak nsqlookupd's TCP protocol"};
    }
    if (there < prefix || there < prefix + size) {
      co_await read_more();
      continue;
    }
    std::string_view const text{start + prefix, size};
    if (text.starts_with("E_")) {
      throw std::runtime_error{to_text(server_) + " answered " + std::string{text}};
    }
    taken_ += prefix + size;
    --count;
  }
}

asio::awaitable<void> client::read_to_end() {
  static thread_local std::array<char, std::size_t{256} << 10U> buffer;
  error_code error;
  while (!error) {
    co_await socket_.async_read_some(asio::buffer(buffer),
                                     asio::redirect_error(asio::use_awaitable, error));
  }
  if (!is_end(error)) {
    check(error, "read from");
  }
}

asio::awaitable<std::size_t> client::read_answer(std::size_t longest_start) {
  http_answer answer{longest_start};
  while (true) {
    try {
      taken_ += answer.take(std::string_view{input_}.substr(taken_));
    } catch (std::runtime_error const& error) {
      throw std::runtime_error{to_text(server_) + ": " + error.what()};
    }
    if (answer.is_whole()) {
      break;
    }
    co_await read_more();
  }
  body_start_ = std::move(answer.body_start());
  index_ = answer.index();
  co_return answer.body_bytes();
}

void client::close() {
  error_code ignored;
  socket_.close(ignored);
}

std::string identify(std::size_t number) {
  auto const name = "host-" + std::to_string(number);
  auto const body = R"({"broadcast_address":")" + name + R"(","hostname":")" + name +
                    R"(","tcp_port":4150,"http_port":4151,"version":"1.3.0"})";
  std::array<unsigned char, 4> size{};
  boost::endian::store_big_u32(size.data(), static_cast<std::uint32_t>(body.size()));
  return "  V1IDENTIFY\n" + std::string{size.begin(), size.end()} + body;
}

std::string get(std::string_view path) {
  return "GET " + std::string{path} + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

}  // namespace bench
