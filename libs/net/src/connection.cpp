// SPDX-License-Identifier: MIT
#include <nsqlookupd/net/connection.hpp>
#include <nsqlookupd/text/duration.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace nsqlookupd::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

// Bytes that a string keeps in itself; to hold so few costs nothing.
std::size_t const in_place = large_text{}.capacity();

// In the order of deadline.
constexpr std::array<std::string_view, deadline_count> descriptions{
    "no whole command within -handshake-timeout=",
    "nothing heard within -producer-idle-timeout=",
    "reply not taken within -write-timeout=",
    "no whole request head within -http-header-timeout=",
    "no whole request body within -http-body-timeout=",
    "no request within -http-idle-timeout=",
    "still open after "};

// Why TLS has nothing to give, or takes nothing.
error_code error_of(tls::stream const& tls) {
  switch (tls.state()) {
    case tls::stream::condition::input_ended:
      return asio::error::eof;
    case tls::stream::condition::reset:
      return asio::error::connection_reset;
    case tls::stream::condition::failed:
      return asio::error::connection_aborted;
    case tls::stream::condition::open:
      break;
  }
  return asio::error::would_block;
}

}  // namespace

std::string to_string(tcp::endpoint const& endpoint) {
  auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  auto const text = address.to_string();
  return (address.is_v4() ? text : '[' + text + ']') + ':' + std::to_string(endpoint.port());
}

// The address is copied, so that it takes no more than it has to: each connection keeps one.
connection::connection(accepted_client accepted, saved_client const* before,
                       connection_group& group, client_memory& memory, resumable& session)
    : socket_{std::move(accepted.socket)},
      group_{group},
      memory_{memory},
      remote_address_{
          std::string_view{before == nullptr ? to_string(accepted.peer) : before->remote_address}},
      tls_{std::move(accepted.tls)} {
  socket_.non_blocking(true);
  member_.descriptor = socket_.native_handle();
  member_.session = &session;
  group_.join(member_);
  if (before != nullptr) {
    static_cast<void>(hold(before->input, true));
    auto output = before->output;
    send(output);
  }
}

connection::~connection() {
  close_tls();
  static_cast<void>(memory_.resize(client_memory::use::input, input_bytes_, 0, false));
  static_cast<void>(hold_output(0, false));
  group_.leave(member_);
}

// Input that TLS has decrypted comes with no event of the socket's. One that is writable at once
// stands in for it, as nothing of a reply is left unsent when there is reading again; and what the
// handshake could not send must go before the client says more.
asio::socket_base::wait_type connection::readable_event() const noexcept {
  bool const is_ready = tls_ && tls_->reads_without_input();
  return is_ready ? asio::socket_base::wait_write : asio::socket_base::wait_read;
}

std::size_t connection::read_some(std::span<char> into, error_code& error) {
  if (!tls_) {
    return socket_.read_some(asio::buffer(into.data(), into.size()), error);
  }
  auto const count = tls_->read(into);
  error = count == 0 ? error_of(*tls_) : error_code{};
  return count;
}

void connection::send(std::string& output, http::body last) {
  std::string_view head = output;
  auto body = last.first();
  [[maybe_unused]] auto const found_by_send_unsent = send_some(head, body);
  if (!head.empty() || !body.empty() || !last.more.empty()) {
    unsent_ = std::make_unique<unsent_replies>();
    unsent_->text = head;
    unsent_->position = last.first().size() - body.size();
    unsent_->last = std::move(last);
  } else if (!unsent_) {
    static_cast<void>(hold_output(0, false));
  }
  output.clear();
}

error_code connection::send_some(std::string_view& head, std::string_view& body) {
  error_code error;
  auto const note_sent = [&](std::size_t count) {
    auto const from_head = std::min(count, head.size());
    head.remove_prefix(from_head);
    body.remove_prefix(count - from_head);
  };
  if (!tls_) {
    std::array const both{asio::buffer(head), asio::buffer(body)};
    note_sent(body.empty() ? socket_.write_some(both.front(), error)
                           : socket_.write_some(both, error));
    return error;
  }
  while (!error && !(head.empty() && body.empty())) {
    auto const sent = tls_->write(head, body);
    note_sent(sent);
    if (sent == 0) {
      error = tls_->wants_write() ? asio::error::would_block : asio::error::connection_aborted;
    }
  }
  return error;
}

bool connection::hold(unsent_replies const& replies, bool is_producer) {
  auto const& [text, last, text_position, position, piece] = replies;
  if (last.shared != nullptr && !memory_.add_reader(*last.shared)) {
    return false;
  }
  auto bytes = text.capacity() + last.text.capacity();
  for (auto const& part : last.more) {
    bytes += part.capacity();
  }
  bool const fits = hold_output(bytes, is_producer);
  if (!fits && last.shared != nullptr) {
    memory_.remove_reader(*last.shared);
  }
  return fits;
}

std::string connection::unsent_replies::rest() const {
  auto all = std::string{head()}.append(body());
  for (auto next = piece; next < last.more.size(); ++next) {
    all.append(last.more[next]);
  }
  return all;
}

bool connection::unsent_replies::advance(std::size_t head_left, std::size_t body_left) {
  text_position = text.size() - head_left;
  position += body().size() - body_left;
  while (head_left == 0 && body().empty() && piece < last.more.size()) {
    // To free all of them at the end would hold up others.
    if (piece != 0) {
      std::string{}.swap(last.more[piece - 1]);
    }
    ++piece;
    position = 0;
  }
  return head_left != 0 || !body().empty();
}

error_code connection::send_unsent_some() {
  bool is_more = true;
  while (is_more) {
    auto head = unsent_->head();
    auto body = unsent_->body();
    auto const before = head.size() + body.size();
    auto const error = send_some(head, body);
    group_.note_sent(member_, before - head.size() - body.size());
    is_more = unsent_->advance(head.size(), body.size());
    if (error) {
      return error;
    }
  }
  return {};
}

task<error_code> connection::send_unsent(bool is_producer) {
  if (!hold(*unsent_, is_producer)) {
    unsent_.reset();
    co_return asio::error::no_buffer_space;
  }
  auto error = send_unsent_some();
  while (error == asio::error::would_block) {
    keep_armed(deadline::write);
    auto const [failed] = co_await socket_.async_wait(asio::socket_base::wait_write, token);
    error = failed ? failed : send_unsent_some();
  }
  disarm();
  if (auto const& shared = unsent_->last.shared) {
    memory_.remove_reader(*shared);
  }
  unsent_.reset();
  static_cast<void>(hold_output(0, is_producer));
  co_return error;
}

std::optional<saved_client> connection::save() const {
  if (tls_) {
    return std::nullopt;
  }
  return saved_client{.descriptor = member_.descriptor,
                      .remote_address = remote_address_,
                      .input = std::string{unfinished_},
                      .output = unsent_ ? unsent_->rest() : std::string{}};
}

task<void> connection::linger() {
  close_tls();
  error_code error;
  socket_.shutdown(asio::socket_base::shutdown_send, error);
  arm(deadline::linger);
  std::array<char, 4096> ignored;
  error.clear();
  while (!error || error == asio::error::would_block) {
    auto const [failed] = co_await socket_.async_wait(asio::socket_base::wait_read, token);
    if (failed) {
      break;
    }
    socket_.read_some(asio::buffer(ignored), error);
  }
}

std::string_view connection::input_with(std::string_view fresh) {
  if (unfinished_.empty()) {
    return fresh;
  }
  unfinished_.append(fresh);
  return unfinished_;
}

bool connection::has_input() const {
  error_code ignored;
  return !unfinished_.empty() || (tls_ && tls_->reads_without_input()) ||
         socket_.available(ignored) != 0;
}

bool connection::hold(std::string_view rest, bool is_producer) {
  if (rest.empty()) {
    large_text{}.swap(unfinished_);
  } else if (unfinished_.empty()) {
    unfinished_.assign(rest);
  } else {
    unfinished_.erase(0, unfinished_.size() - rest.size());
  }
  auto const bytes = unfinished_.capacity() > in_place ? unfinished_.capacity() : 0;
  if (memory_.resize(client_memory::use::input, input_bytes_, bytes, is_producer)) {
    return true;
  }
  large_text{}.swap(unfinished_);
  static_cast<void>(memory_.resize(client_memory::use::input, input_bytes_, 0, is_producer));
  return false;
}

std::string connection::end_reason(error_code error) const {
  if (auto const missed = group_.expired(member_)) {
    return std::string{descriptions[static_cast<std::size_t>(*missed)]} +
           text::format_duration(group_.duration(*missed));
  }
  if (auto const failure = tls_failure(); !failure.empty()) {
    return std::string{failure};
  }
  if (error == asio::error::eof) {
    return group_.stopping() ? "server is stopping" : "EOF";
  }
  return error.message();
}

}  // namespace nsqlookupd::net
