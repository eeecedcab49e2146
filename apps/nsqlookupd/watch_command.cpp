// SPDX-License-Identifier: MIT
#include "watch_command.hpp"

#include <nsqlookupd/config/address.hpp>
#include <nsqlookupd/net/listener.hpp>
#include <nsqlookupd/net/task.hpp>
#include <nsqlookupd/text/ascii.hpp>
#include <nsqlookupd/text/file.hpp>
#include <nsqlookupd/text/number.hpp>
#include <nsqlookupd/text/utf8.hpp>

#include "change_command.hpp"
#include "event_parser.hpp"
#include "process_state.hpp"
#include "topic_states.hpp"
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr std::chrono::seconds connect_patience{10};
// The server sends a comment every 15 s.
constexpr std::chrono::seconds longest_silence{45};
constexpr milliseconds first_pause{1000};
constexpr milliseconds longest_pause{10'000};
// A lookup of 100,000 producers is less.
constexpr std::size_t most_line = std::size_t{64} << 20U;

/// An answer after which it makes no sense to ask again.
struct refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string stamp(std::chrono::system_clock::time_point now) {
  auto const whole = std::chrono::floor<std::chrono::seconds>(now);
  auto const second = std::chrono::system_clock::to_time_t(whole);
  std::tm parts{};
  ::gmtime_r(&second, &parts);
  std::array<char, 32> text{};
  auto const size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  auto const micros = std::chrono::duration_cast<std::chrono::microseconds>(now - whole).count();
  std::snprintf(text.data() + size, text.size() - size, ".%06dZ", static_cast<int>(micros));
  return text.data();
}

std::string query_of(std::vector<std::string> const& topics) {
  std::string query;
  for (auto const& topic : topics) {
    query.append(query.empty() ? "?topic=" : "&topic=");
    query.append(boost::urls::encode(topic, boost::urls::unreserved_chars));
  }
  return query;
}

std::string read_token(std::string const& path) {
  constexpr std::size_t most = 4096;
  auto token = text::read_file(path, most);
  token.erase(std::min(token.find_first_of("\r\n"), token.size()));
  return token;
}

// By number: a container may have no /etc/hosts that says what localhost is.
std::vector<tcp::endpoint> loopback(std::uint16_t port) {
  return {{asio::ip::address_v4::loopback(), port}, {asio::ip::address_v6::loopback(), port}};
}

// `*` may be all topics, but its events name them.
std::string single_topic(std::vector<std::string> const& topics) {
  bool const is_single = std::ranges::all_of(
      topics, [&](std::string const& each) { return each == topics.front() && each != "*"; });
  return is_single ? topics.front() : "";
}

class topic_watch {
 public:
  explicit topic_watch(config::watch_topics const& command)
      : address_{command.http_address},
        token_file_{command.token_file},
        target_{"/watch" + query_of(command.topics)},
        topics_{single_topic(command.topics)},
        command_{context_, command.exec} {}

  int run() {
    end_signals_.async_wait([this](error_code const&, int) { end(EXIT_SUCCESS); });
    asio::co_spawn(context_, follow(), [this](std::exception_ptr const& error) { fail(error); });
    context_.run();
    command_.stop();
    return status_;
  }

 private:
  void end(int status) {
    status_ = status;
    context_.stop();
  }

  void fail(std::exception_ptr const& error) {
    try {
      if (error) std::rethrow_exception(error);
    } catch (std::exception const& reason) {
      tell(reason.what());
    }
    end(EXIT_FAILURE);
  }

  void tell(std::string_view reason) const {
    std::fprintf(stderr, "watch of http://%s%s failed - %.*s\n", address_.c_str(), target_.c_str(),
                 static_cast<int>(reason.size()), reason.data());
  }

  /// For ever: one connection after the other.
  net::task<void> follow();
  /// Returns why it has ended.
  net::task<std::string> follow_stream();
  net::task<error_code> connect();
  net::task<error_code> send_request();
  /// Reads the answer's head; empty when it is a stream.
  net::task<std::string> read_head();
  net::task<error_code> read_line();
  net::task<std::string> read_refusal(std::string status);

  void take_line();
  void show(topic_change const& change) const;
  void allow(std::chrono::seconds silence);
  milliseconds take_pause();

  asio::io_context context_{1};
  asio::signal_set end_signals_{context_, SIGINT, SIGTERM, SIGHUP};
  std::string address_;
  std::string token_file_;
  std::string target_;
  topic_states topics_;
  change_command command_;
  event_parser parser_;
  net::session_socket socket_{context_};
  asio::steady_timer silence_{context_};
  asio::steady_timer pause_{context_};
  /// The length of the pause before the next connection.
  milliseconds next_pause_ = first_pause;
  std::string input_;
  std::string line_;
  bool has_failed_ = false;
  int status_ = EXIT_SUCCESS;
};

net::task<void> topic_watch::follow() {
  for (;;) {
    auto const reason = co_await follow_stream();
    // Once, however often it fails after that.
    if (!has_failed_) {
      tell(reason + "; trying again");
    }
    has_failed_ = true;
    silence_.cancel();
    error_code ignored;
    socket_.close(ignored);
    pause_.expires_after(take_pause());
    co_await pause_.async_wait(net::token);
  }
}

net::task<std::string> topic_watch::follow_stream() {
  input_.clear();
  parser_.begin_stream();
  if (auto const error = co_await connect()) {
    co_return error.message();
  }
  if (auto const error = co_await send_request()) {
    co_return error.message();
  }
  if (auto const reason = co_await read_head(); !reason.empty()) {
    co_return reason;
  }
  has_failed_ = false;
  next_pause_ = first_pause;
  for (;;) {
    allow(longest_silence);
    if (auto const error = co_await read_line()) {
      co_return error == asio::error::eof ? std::string{"the stream has ended"} : error.message();
    }
    take_line();
  }
}

net::task<error_code> topic_watch::connect() {
  auto const to = config::parse_address(address_);
  if (!to) {
    throw refusal{to.error().reason};
  }
  allow(connect_patience);
  auto endpoints = loopback(to->port);
  if (!to->host.empty() && to->host != "0.0.0.0" && to->host != "::") {
    asio::ip::basic_resolver<tcp, net::session_executor> resolver{context_};
    auto const [error, found] =
        co_await resolver.async_resolve(to->host, std::to_string(to->port), net::token);
    if (error) {
      co_return error;
    }
    endpoints.assign(found.begin(), found.end());
  }
  auto const [error, reached] = co_await asio::async_connect(socket_, endpoints, net::token);
  co_return error;
}

// HTTP/1.0, whose answers have no chunks: the stream is the rest of the connection.
net::task<error_code> topic_watch::send_request() {
  auto request = "GET " + target_ + " HTTP/1.0\r\nHost: " + address_ +
                 "\r\nAccept: text/event-stream\r\nCache-Control: no-cache\r\n";
  if (!token_file_.empty()) {
    request += "Authorization: Bearer " + read_token(token_file_) + "\r\n";
  }
  // Topics that changed together have one index, and not all of them may have come.
  if (auto const id = text::parse_number<std::uint64_t>(parser_.last_id()); id && *id > 1) {
    request += "Last-Event-ID: " + std::to_string(*id - 1) + "\r\n";
  }
  request += "\r\n";
  auto const [error, sent] = co_await asio::async_write(socket_, asio::buffer(request), net::token);
  co_return error;
}

net::task<std::string> topic_watch::read_head() {
  allow(connect_patience);
  auto error = co_await read_line();
  auto status = line_;
  bool is_stream = false;
  while (!error && !line_.empty()) {
    error = co_await read_line();
    auto const line = text::lower_case(line_);
    is_stream = is_stream || line.starts_with("content-type: text/event-stream");
    constexpr std::string_view retry_after = "retry-after: ";
    if (line.starts_with(retry_after)) {
      auto const seconds =
          text::parse_number<std::uint16_t>(std::string_view{line}.substr(retry_after.size()));
      next_pause_ = std::max<milliseconds>(next_pause_, std::chrono::seconds{seconds.value_or(0)});
    }
  }
  if (error) {
    co_return error == asio::error::eof ? std::string{"no answer"} : error.message();
  }
  bool const is_good = status.starts_with("HTTP/1.") && status.find(" 200 ") != status.npos;
  if (is_good && is_stream) {
    co_return std::string{};
  }
  if (is_good) {
    throw refusal{"it answers with something else than a stream"};
  }
  bool const is_refused = status.find(" 4") == std::string_view{"HTTP/1.0"}.size();
  auto reason = co_await read_refusal(std::move(status));
  if (is_refused) {
    throw refusal{reason};
  }
  co_return reason;
}

net::task<std::string> topic_watch::read_refusal(std::string status) {
  // Its end, or one that is no text of ours, does not matter.
  constexpr std::size_t enough = 1024;
  co_await asio::async_read_until(socket_, asio::dynamic_buffer(input_, enough), '}', net::token);
  auto shown = "it answers " + std::move(status);
  for (char const each : ' ' + input_) {
    shown.push_back(each >= ' ' && each < 0x7f ? each : '?');
  }
  co_return shown;
}

net::task<error_code> topic_watch::read_line() {
  auto const [error, size] = co_await asio::async_read_until(
      socket_, asio::dynamic_buffer(input_, most_line), '\n', net::token);
  if (!error) {
    line_.assign(input_, 0, size - 1);
    input_.erase(0, size);
    if (line_.ends_with('\r')) {
      line_.pop_back();
    }
  }
  co_return error;
}

void topic_watch::take_line() {
  auto const event = parser_.take_line(line_);
  if (!event) {
    return;
  }
  if (auto const change = topics_.take(*event)) {
    show(*change);
    command_.run_for(*change);
  }
}

void topic_watch::show(topic_change const& change) const {
  auto const now = stamp(std::chrono::system_clock::now());
  std::string shown;
  for (auto const& line : change.lines) {
    shown.append(now).append(" ").append(line).append("\n");
  }
  std::fputs(shown.c_str(), stdout);
  if (std::fflush(stdout) != 0) {
    throw std::runtime_error{"standard output cannot be written"};
  }
}

// The statement that waits for the server sees an error then.
void topic_watch::allow(std::chrono::seconds silence) {
  silence_.expires_after(silence);
  silence_.async_wait([this](error_code const& error) {
    error_code ignored;
    if (!error) socket_.close(ignored);
  });
}

// Some more or less, so that clients do not all come back at once.
milliseconds topic_watch::take_pause() {
  if (auto const told = parser_.take_retry()) {
    return *told;
  }
  thread_local std::minstd_rand generator{std::random_device{}()};
  std::uniform_int_distribution<milliseconds::rep> part{next_pause_.count() / 2,
                                                        next_pause_.count()};
  next_pause_ = std::max(next_pause_, std::min(next_pause_ * 2, longest_pause));
  return milliseconds{part(generator)};
}

}  // namespace

int run(config::watch_topics const& command) {
  // As filters end, and with the files of the command as its user wants them.
  std::signal(SIGPIPE, SIG_DFL);
  ::umask(inherited_umask());
  return topic_watch{command}.run();
}

}  // namespace nsqlookupd
