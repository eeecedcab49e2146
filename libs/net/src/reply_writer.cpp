// SPDX-License-Identifier: MIT
#include "reply_writer.hpp"

#include <nsqlookupd/http/head.hpp>
#include <nsqlookupd/log/log.hpp>

#include <utility>

namespace nsqlookupd::net {
namespace {

// A body of this size or more is not copied behind its head.
constexpr std::size_t large_body = std::size_t{16} << 10U;

std::size_t own_bytes(std::string const& text, http::body const& last) noexcept {
  auto bytes = text.capacity() + last.text.capacity();
  for (auto const& piece : last.more) {
    bytes += piece.capacity();
  }
  return bytes;
}

}  // namespace

void reply_writer::add(http::reply& reply, http::framing how, bool head_only, std::string_view date,
                       std::string& output) {
  http::append_head(reply, how, date, output);
  if (head_only) {
    return;
  }
  if (auto const body = reply.body.first(); reply.body.more.empty() && body.size() < large_body) {
    output += body;
  } else {
    send(output, std::move(reply.body));
  }
}

void reply_writer::send(std::string& output, http::body last) {
  std::string_view head = output;
  auto body = last.first();
  if (!client_.try_write(head, body) || !last.more.empty()) {
    unsent_ = std::make_unique<unsent>();
    unsent_->text = head;
    unsent_->position = last.first().size() - body.size();
    unsent_->last = std::move(last);
  }
  output.clear();
}

bool reply_writer::hold(unsent const& replies) {
  auto const& shared = replies.last.shared;
  if (shared != nullptr && !memory_.add_reader(*shared)) {
    return false;
  }
  bool const held = client_.hold_output(own_bytes(replies.text, replies.last), false);
  if (!held && shared != nullptr) {
    memory_.remove_reader(*shared);
  }
  return held;
}

task<bool> reply_writer::send_unsent() {
  auto const replies = std::move(unsent_);
  if (!hold(*replies)) {
    log::limited_line(log::level::error, {"too many unsent replies"}, "client(", client_.log_name(),
                      ") - ", log::field{"error", too_much});
    co_return false;
  }
  auto const error = co_await write(replies.get());
  client_.disarm();
  if (replies->last.shared != nullptr) {
    memory_.remove_reader(*replies->last.shared);
  }
  static_cast<void>(client_.hold_output(0, false));
  co_return !error;
}

task<boost::system::error_code> reply_writer::write(unsent* replies) {
  auto& last = replies->last;
  boost::system::error_code error;
  // With pieces behind it, all of this may have been sent.
  if (auto const body = last.first().substr(replies->position);
      !replies->text.empty() || !body.empty() || last.more.empty()) {
    error = co_await client_.write(replies->text, body);
  }
  for (auto& piece : last.more) {
    if (error) {
      break;
    }
    std::string_view rest = piece;
    std::string_view nothing;
    if (!client_.try_write(rest, nothing)) {
      error = co_await client_.write(rest);
    }
    // To free all of them at the end would hold up others.
    std::string{}.swap(piece);
  }
  co_return error;
}

}  // namespace nsqlookupd::net
