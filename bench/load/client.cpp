// SPDX-License-Identifier: MIT
#include "client.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/endian/conversion.hpp>
#include <boost/system/system_error.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace bench {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

void check(error_code error, char const* what) {
  if (error) {
    throw boost::system::system_error{error, what};
  }
}

tcp::endpoint next_source() {
  constexpr std::uint32_t first = 0x7f000101;
  constexpr std::uint32_t sources = 200;
  static std::uint32_t turn = 0;
  return {asio::ip::address_v4{first + turn++ % sources}, 0};
}

}  // namespace

tcp::endpoint resolve(std::string const& address) {
  auto const colon = address.rfind(':');
  if (colon == std::string::npos) {
    throw std::runtime_error{"address " + address + " has no port: say HOST:PORT"};
  }
  asio::io_context io;
  tcp::resolver resolver{io};
  error_code error;
  auto const found = resolver.resolve(address.substr(0, colon), address.substr(colon + 1), error);
  if (error) {
    throw std::runtime_error{"address " + address + ": " + error.message()};
  }
  return found.begin()->endpoint();
}

asio::awaitable<void> client::connect(tcp::endpoint server) {
  error_code error;
  socket_.open(server.protocol(), error);
  check(error, "open a socket");
  if (server.address().is_loopback() && server.address().is_v4()) {
    int const on = 1;
    ::setsockopt(socket_.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    socket_.bind(next_source(), error);
    check(error, "bind a source address");
  }
  co_await socket_.async_connect(server, asio::redirect_error(asio::use_awaitable, error));
  check(error, "connect");
  socket_.set_option(tcp::no_delay{true}, error);
}

asio::awaitable<void> client::send(std::string_view bytes) {
  error_code error;
  co_await asio::async_write(socket_, asio::buffer(bytes),
                             asio::redirect_error(asio::use_awaitable, error));
  check(error, "send");
}

asio::awaitable<void> client::read_more() {
  constexpr std::size_t chunk = std::size_t{64} << 10U;
  if (taken_ != 0) {
    input_.erase(0, taken_);
    taken_ = 0;
  }
  auto const before = input_.size();
  input_.resize(before + chunk);
  error_code error;
  auto const count =
      co_await socket_.async_read_some(asio::buffer(input_.data() + before, chunk),
                                       asio::redirect_error(asio::use_awaitable, error));
  input_.resize(before + count);
  check(error, "read a reply");
}

asio::awaitable<void> client::read_frames(std::size_t count) {
  constexpr std::size_t prefix = 4;
  while (count != 0) {
    auto const there = input_.size() - taken_;
    auto const* const start = input_.data() + taken_;
    std::size_t size = prefix;
    if (there >= prefix) {
      size += boost::endian::load_big_u32(reinterpret_cast<unsigned char const*>(start));
    }
    if (there < prefix || there < size) {
      co_await read_more();
      continue;
    }
    std::string_view const text{start + prefix, size - prefix};
    if (text.starts_with("E_")) {
      throw std::runtime_error{"the server answered " + std::string{text}};
    }
    taken_ += size;
    --count;
  }
}

asio::awaitable<std::size_t> client::read_answer() {
  constexpr std::string_view head_end = "\r\n\r\n";
  constexpr std::string_view length_name = "Content-Length: ";
  constexpr std::string_view last_chunk = "\r\n0\r\n\r\n";
  auto end = input_.find(head_end, taken_);
  while (end == std::string::npos) {
    co_await read_more();
    end = input_.find(head_end, taken_);
  }
  auto const head = std::string_view{input_}.substr(taken_, end + head_end.size() - taken_);
  if (!head.starts_with("HTTP/1.1 200")) {
    throw std::runtime_error{"the server answered " + std::string{head.substr(0, head.find('\r'))}};
  }
  std::size_t const head_size = head.size();
  std::size_t body_size = 0;
  auto const length = head.find(length_name);
  if (length != std::string_view::npos) {
    auto const digits = head.substr(length + length_name.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), body_size);
    while (input_.size() - taken_ < head_size + body_size) {
      co_await read_more();
    }
  } else {
    // Chunked: JSON holds no line ends, so that the end of the last chunk cannot be mistaken.
    auto last = input_.find(last_chunk, taken_ + head_size - 2);
    while (last == std::string::npos) {
      auto const searched = input_.size() - taken_;
      co_await read_more();
      last = input_.find(last_chunk, taken_ + searched - std::min(searched, last_chunk.size()));
    }
    body_size = last + last_chunk.size() - taken_ - head_size;
  }
  constexpr std::size_t kept = 256;
  body_.assign(input_, taken_ + head_size, std::min(body_size, kept));
  taken_ += head_size + body_size;
  co_return body_size;
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
