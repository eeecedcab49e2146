// SPDX-License-Identifier: MIT
#include "connection.hpp"

#include <nsqlookupd/text/number.hpp>
#include <nsqlookupd/tls/client_context.hpp>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace nsqlookupd::etcd {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using tcp_stream = beast::basic_stream<tcp, net::session_executor>;
using tls_stream = asio::ssl::stream<tcp_stream>;
using addresses = std::vector<tcp::endpoint>;
using steady_timer = asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>,
                                                net::session_executor>;

// Bytes at once.
constexpr std::size_t most_received = std::size_t{64} << 10U;

void set_option(int socket, int level, int name, int value) {
  // Without them it works, too.
  static_cast<void>(::setsockopt(socket, level, name, &value, sizeof value));
}

// A watch is idle for minutes: the kernel finds out within fifteen seconds when nobody is there.
void notice_dead_peers(int socket) {
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 5);
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 3);
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
  set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, 14'000);
}

bool is_early_end(error_code error) {
  return error == http::error::end_of_stream || error == http::error::partial_message;
}

errc meaning_of(error_code error) {
  if (error == beast::error::timeout || error == asio::error::timed_out) {
    return errc::timed_out;
  }
  if (error.category() == asio::error::get_ssl_category()) {
    return errc::tls_failed;
  }
  if (error.category() == error_code{http::error::bad_version}.category() && !is_early_end(error)) {
    return errc::bad_answer;
  }
  return errc::unreachable;
}

// Asks the system for the addresses of a host, at least one. The system cannot be stopped when it
// waits for its name servers; this can, by the timer, which the system's answer may outlive.
net::task<result<addresses>> resolve(endpoint of, std::shared_ptr<steady_timer> timer) {
  error_code no_address;
  auto const address = asio::ip::make_address(of.host, no_address);
  auto const port = text::parse_number<std::uint16_t>(of.port);
  if (!no_address && port) {
    // Without the thread that Asio starts for questions to the system.
    co_return addresses{tcp::endpoint{address, *port}};
  }
  auto const found = std::make_shared<result<addresses>>(error_code{asio::error::timed_out});
  auto const note = [found, timer](error_code error, tcp::resolver::results_type const& answer) {
    if (error) {
      *found = error;
    } else {
      *found = addresses(answer.begin(), answer.end());
    }
    timer->cancel();
  };
  asio::ip::basic_resolver<tcp, net::session_executor> resolver{timer->get_executor()};
  resolver.async_resolve(of.host, of.port, note);
  co_await timer->async_wait(net::token);
  co_return *found;
}

template <class Stream>
class connection_over final : public connection {
 public:
  static constexpr bool is_secure = std::is_same_v<Stream, tls_stream>;

  template <class... Arguments>
  connection_over(endpoint to, net::session_executor const& executor, Arguments&... arguments)
      : to_{std::move(to)},
        resolving_{std::make_shared<steady_timer>(executor)},
        stream_{executor, arguments...} {
    if constexpr (is_secure) {
      tls::expect_server(stream_.native_handle(), to_.host);
    }
  }

  net::task<error_code> open(steady_clock::time_point until) override {
    resolving_->expires_at(until);
    auto const found = co_await resolve(to_, resolving_);
    if (!found) {
      co_return fail(found.error());
    }
    auto& lowest = beast::get_lowest_layer(stream_);
    error_code last;
    for (std::size_t index = 0; index < found->size() && !is_closed_; ++index) {
      // An address that does not answer leaves time for the others.
      auto const now = steady_clock::now();
      auto const share = (until - now) / static_cast<std::int64_t>(found->size() - index);
      lowest.expires_at(now + std::max(share, steady_clock::duration{}));
      auto const [error] = co_await lowest.async_connect((*found)[index], net::token);
      last = error;
      if (!last) {
        break;
      }
      error_code ignored;
      lowest.socket().close(ignored);
    }
    if (last || is_closed_) {
      co_return fail(last);
    }
    notice_dead_peers(lowest.socket().native_handle());
    if constexpr (is_secure) {
      lowest.expires_at(until);
      auto const [error] =
          co_await stream_.async_handshake(asio::ssl::stream_base::client, net::token);
      if (error) {
        co_return fail(error);
      }
    }
    co_return error_code{};
  }

  net::task<result<http_answer>> exchange(http_request request,
                                          steady_clock::time_point until) override {
    bool const is_stream = request.is_stream;
    auto const sent = co_await send(std::move(request), until);
    if (sent) {
      co_return sent;
    }
    answer_.emplace();
    // All lines together may be larger than any limit; each of them has its own.
    answer_->body_limit(is_stream ? boost::none : boost::optional<std::uint64_t>{max_answer_size});
    while (!answer_->is_header_done()) {
      if (auto const error = co_await parse_some()) {
        co_return fail(error);
      }
    }
    answer_->eager(!is_stream);
    http_answer answer{answer_->get().result_int(), {}};
    auto text = co_await read(!is_stream || answer.status != 200);
    if (!text) {
      co_return text.error();
    }
    is_reusable_ = !is_stream && answer_->keep_alive();
    beast::get_lowest_layer(stream_).expires_never();
    answer.body = std::move(*text);
    co_return answer;
  }

  net::task<result<std::string>> next_line() override { return read(false); }

  [[nodiscard]] bool is_reusable() const noexcept override { return is_reusable_ && !is_closed_; }

  void close() noexcept override {
    is_closed_ = true;
    resolving_->cancel();
    beast::get_lowest_layer(stream_).close();
  }

  [[nodiscard]] std::string const& failure() const noexcept override { return failure_; }

 private:
  net::task<error_code> send(http_request request, steady_clock::time_point until) {
    is_reusable_ = false;
    if (is_closed_) {
      co_return fail({});
    }
    beast::get_lowest_layer(stream_).expires_at(until);
    auto const& body = request.body;
    std::string head{body.empty() ? "GET " : "POST "};
    head.append(request.target).append(" HTTP/1.1\r\nHost: ").append(host_field());
    head.append("\r\nUser-Agent: nsqlookupd\r\n");
    if (!request.authorization.empty()) {
      head.append("Authorization: ").append(request.authorization).append("\r\n");
    }
    if (!body.empty()) {
      head.append("Content-Type: application/json\r\nContent-Length: ");
      head.append(std::to_string(body.size())).append("\r\n");
    }
    head.append("\r\n");
    std::array<asio::const_buffer, 2> const message{asio::buffer(head), asio::buffer(body)};
    auto const [error, count] = co_await asio::async_write(stream_, message, net::token);
    co_return error ? fail(error) : error;
  }

  // Parses some of what was received, and receives more where that is needed. Beast's own functions
  // do the same, but to compile them for both kinds of streams takes a minute.
  net::task<error_code> parse_some() {
    error_code error = http::error::need_more;
    if (buffer_.size() != 0) {
      buffer_.consume(answer_->put(buffer_.data(), error));
    }
    while (error == http::error::need_more) {
      auto const [failed, count] =
          co_await stream_.async_read_some(buffer_.prepare(most_received), net::token);
      if (failed == asio::error::eof && answer_->got_some()) {
        error.clear();
        answer_->put_eof(error);
      } else if (failed) {
        error = failed;
      } else {
        buffer_.commit(count);
        buffer_.consume(answer_->put(buffer_.data(), error));
      }
    }
    co_return error;
  }

  // The next line; `whole`: everything that there is, to its end.
  net::task<result<std::string>> read(bool whole) {
    while (true) {
      auto& text = answer_->get().body();
      if (whole && answer_->is_done()) {
        co_return std::move(text);
      }
      auto const end = whole ? text.npos : text.find('\n', scanned_);
      if (end != text.npos) {
        auto line = text.substr(0, end);
        text.erase(0, end + 1);
        scanned_ = 0;
        co_return line;
      }
      scanned_ = text.size();
      if (text.size() > max_answer_size) {
        failure_ = "a line of the watch is too long";
        co_return errc::bad_answer;
      }
      if (answer_->is_done()) {
        co_return fail(http::error::end_of_stream);
      }
      if (auto const error = co_await parse_some()) {
        co_return fail(error);
      }
    }
  }

  // The error in the words of errc.
  error_code fail(error_code error) {
    is_reusable_ = false;
    if (is_closed_) {
      return asio::error::operation_aborted;
    }
    auto const meaning = meaning_of(error);
    failure_ = meaning == errc::timed_out ? error_code{meaning}.message() : error.message();
    if (is_early_end(error) || error == asio::error::eof) {
      failure_ = "the connection ended";
    }
    if constexpr (is_secure) {
      failure_ += tls::reason_of_distrust(stream_.native_handle());
    }
    return meaning;
  }

  [[nodiscard]] std::string host_field() const {
    auto const& host = to_.host;
    auto const in_url = host.find(':') == host.npos ? host : '[' + host + ']';
    return in_url + ':' + to_.port;
  }

  endpoint to_;
  std::shared_ptr<steady_timer> resolving_;
  Stream stream_;
  beast::flat_buffer buffer_;
  // The answer. Of a stream of lines, the text that was not read yet has no line end until here.
  std::optional<http::response_parser<http::string_body>> answer_;
  std::size_t scanned_ = 0;
  std::string failure_;
  bool is_reusable_ = false;
  bool is_closed_ = false;
};

}  // namespace

std::shared_ptr<connection> make_connection(net::session_executor const& executor,
                                            endpoint const& to, tls::client_context const* tls) {
  if (to.is_secure) {
    asio::ssl::context context{tls->new_reference()};
    return std::make_shared<connection_over<tls_stream>>(to, executor, context);
  }
  return std::make_shared<connection_over<tcp_stream>>(to, executor);
}

}  // namespace nsqlookupd::etcd
