// SPDX-License-Identifier: MIT
#pragma once

#include "event_reader.hpp"
#include "http_client.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nsqlookupd::test_support {

/// A client of a stream of events. Takes legal chunks only: everything throws std::runtime_error
/// where one is not, or the connection ends within the stream.
class event_client : public http_client {
 public:
  using http_client::http_client;

  /// Begins the stream. `fields`: more header lines, each with its line end.
  http_reply open(std::string_view target, std::string_view fields = {}) {
    send(std::string{"GET "}.append(target).append(" HTTP/1.1\r\nHost: h\r\n").append(fields) +
         "\r\n");
    auto head = receive_head();
    if (head.field("Transfer-Encoding") != "chunked") {
      head.body = receive(std::stoul(head.field("Content-Length")));
    }
    return head;
  }

  /// Up to the next empty line, with it; empty at the end of the stream.
  std::string receive_block() {
    constexpr std::string_view end_of_block = "\n\n";
    while (text_.find(end_of_block) == std::string::npos) {
      if (!receive_chunk()) {
        if (!text_.empty()) {
          throw std::runtime_error{"the stream ends within an event: " + text_};
        }
        return {};
      }
    }
    auto const size = text_.find(end_of_block) + end_of_block.size();
    auto block = text_.substr(0, size);
    text_.erase(0, size);
    return block;
  }

  /// The next event, which no comment is. Throws at the end of the stream.
  sent_event receive_event() {
    auto block = receive_block();
    while (block == ":\n\n") {
      block = receive_block();
    }
    auto const events = parse_events(block);
    if (events.empty()) {
      throw std::runtime_error{"the stream has ended"};
    }
    return events.front();
  }

  /// True when an event has come, or a part of one, now.
  [[nodiscard]] bool has_event() const { return !text_.empty() || is_readable(); }

 private:
  // False at the last.
  bool receive_chunk() {
    constexpr std::string_view line_end = "\r\n";
    auto const line = receive_through(line_end);
    auto const digits = line.substr(0, line.size() - std::min(line.size(), line_end.size()));
    if (digits.empty() || digits.find_first_not_of("0123456789abcdef") != std::string::npos) {
      throw std::runtime_error{"no size of a chunk: '" + line + "'"};
    }
    auto const size = std::stoul(digits, nullptr, 16);
    text_ += receive(size);
    if (receive(line_end.size()) != line_end) {
      throw std::runtime_error{"a chunk has no end"};
    }
    return size != 0;
  }

  // The text of chunks that have come whole.
  std::string text_;
};

}  // namespace nsqlookupd::test_support
