// SPDX-License-Identifier: MIT
#include "foreign_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <utility>

namespace nsqlookupd::etcd::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

struct client_connection {
  client_connection(tcp::socket from, std::string text)
      : socket{std::move(from)}, answer{std::move(text)} {}

  tcp::socket socket;
  std::string answer;
  std::array<char, 4096> input{};
};

void serve(std::shared_ptr<client_connection> const& client) {
  auto const again = [client](error_code error, std::size_t) {
    if (!error) {
      serve(client);
    }
  };
  auto const answer = [client, again](error_code error, std::size_t) {
    if (!error) {
      asio::async_write(client->socket, asio::buffer(client->answer), again);
    }
  };
  client->socket.async_read_some(asio::buffer(client->input), answer);
}

}  // namespace

struct foreign_server::state : std::enable_shared_from_this<state> {
  state(asio::io_context& io, std::string text)
      : acceptor{io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}}, answer{std::move(text)} {}

  void accept() {
    acceptor.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
      if (!error) {
        ++self->connections;
        serve(std::make_shared<client_connection>(std::move(socket), self->answer));
        self->accept();
      }
    });
  }

  tcp::acceptor acceptor;
  std::string answer;
  std::size_t connections = 0;
};

foreign_server::foreign_server(asio::io_context& io, std::string answer)
    : state_{std::make_shared<state>(io, std::move(answer))} {
  state_->accept();
}

foreign_server::~foreign_server() {
  error_code ignored;
  state_->acceptor.close(ignored);
}

std::string foreign_server::url(std::string const& scheme) const {
  return scheme + "://127.0.0.1:" + std::to_string(state_->acceptor.local_endpoint().port());
}

std::size_t foreign_server::connections() const noexcept {
  return state_->connections;
}

std::string http_text(std::string const& status, std::string const& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

}  // namespace nsqlookupd::etcd::test
