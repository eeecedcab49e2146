// SPDX-License-Identifier: MIT
//
// An HTTP client's bytes, cut anywhere, through the parser of the wire.
// Input: a byte that chooses the cuts, then the stream.
#include <nsqlookupd/http/request_parser.hpp>

#include "http_head_count.hpp"
#include "target.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace nsqlookupd::fuzz;
using nsqlookupd::http::request_parser;
using state = request_parser::state;

constexpr std::size_t max_body_size = 256;

// How the parser passes it on: to be answered like a method that no route has.
constexpr std::string_view http_2_preface = "PRI * 1.1 closed";

// The events of a connection, a line each.
using course = std::vector<std::string>;

class connection {
 public:
  void read(std::string_view stream, cutter cuts) {
    while (!stream.empty() && !closed_) {
      unread_ += cuts.take(stream);
      std::string_view rest = unread_;
      while (!rest.empty() && !closed_ && feed(rest)) {
      }
      require(rest.size() <= request_parser::max_header_size, "no more is held than a head");
      unread_.erase(0, unread_.size() - rest.size());
    }
    if (!closed_ && (parser_.in_head() || parser_.in_body())) {
      seen_.push_back(parser_.in_body() ? "unfinished body" : "unfinished head");
    }
  }

  [[nodiscard]] course const& seen() const { return seen_; }

 private:
  // False when more is needed.
  bool feed(std::string_view& rest) {
    auto const before = rest;
    auto const found = parser_.feed(rest);
    require(rest.size() <= before.size() && before.ends_with(rest),
            "input is taken from its front");
    switch (found) {
      case state::need_more:
        return false;
      case state::wants_continue:
        require(!was_asked_, "100 Continue is asked for once");
        was_asked_ = true;
        return true;
      case state::failed:
        note_failure();
        return false;
      case state::complete:
        break;
    }
    note_request();
    return true;
  }

  void note_failure() {
    auto const error = parser_.error();
    require(error.status >= 400 && error.status < 600, "a failure has its status");
    seen_.push_back("failed " + std::to_string(error.status) + ' ' + std::string{error.text});
    closed_ = true;
  }

  void note_request() {
    auto const& request = parser_.request();
    require(!request.method.empty() && !request.target_text.empty(), "a request has both");
    for (auto const* const value :
         {&request.if_none_match, &request.accept, &request.last_event_id}) {
      require(value->size() <= request_parser::max_value_size, "no long header is kept", *value);
    }
    seen_.push_back(request.method + ' ' + request.target_text +
                    (request.http_1_1 ? " 1.1" : " 1.0") +
                    (request.keep_alive ? " kept" : " closed"));
    closed_ = !request.keep_alive;
    parser_.reset();
    was_asked_ = false;
  }

  request_parser parser_{max_body_size};
  course seen_;
  std::string unread_;
  bool was_asked_ = false;
  bool closed_ = false;
};

course read(std::string_view stream, cutter cuts) {
  connection client;
  client.read(stream, cuts);
  return client.seen();
}

std::string joined(course const& seen) {
  std::string text;
  for (auto const& line : seen) {
    text.append(line).append("\n");
  }
  return text;
}

bool ends_badly(course const& seen) {
  return !seen.empty() && (seen.back().starts_with("failed ") || seen.back() == http_2_preface ||
                           seen.back().starts_with("unfinished "));
}

// The requests are the same, and so is whether a bad one follows them. The point where it is found
// and its error may differ. Beast looks at nothing of a head in pieces before the head's end. It
// counts a chunk's extension with an open quote again with each piece.
bool is_same(course whole, course pieces) {
  if (ends_badly(whole) && ends_badly(pieces)) {
    whole.pop_back();
    pieces.pop_back();
  }
  return pieces == whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size == 0) {
    return -1;
  }
  auto const stream = as_text(data, size).substr(1);
  auto const whole = read(stream, cutter{0});
  auto const pieces = read(stream, cutter{1U + *data});
  require(is_same(whole, pieces), "pieces are read as the whole is",
          joined(whole) + "---\n" + joined(pieces));
  if (!whole.empty() && is_ambiguous(stream)) {
    require(whole.front().starts_with("failed 4") || whole.front().starts_with("failed 5") ||
                whole.front() == "unfinished head" || whole.front() == http_2_preface,
            "a request with two body lengths is refused", joined(whole));
  }
  return 0;
}
