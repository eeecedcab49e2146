// SPDX-License-Identifier: MIT
#include <nsqlookupd/http/request_parser.hpp>
#include <nsqlookupd/text/ascii.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <utility>

namespace nsqlookupd::http {
namespace {

namespace beast = boost::beast;
namespace wire_http = beast::http;
using boost::system::error_code;

std::string_view to_std(beast::string_view text) {
  return {text.data(), text.size()};
}

// How a client begins that speaks HTTP/2 without asking first (RFC 9113, 3.4).
constexpr std::string_view http_2_preface = "PRI * HTTP/2.0\r\n";

// Empty lines that are skipped before a request, in bytes: more than old clients send by mistake.
constexpr std::size_t max_skipped = 16;

// Beast has no number for it.
constexpr std::string_view last_event_id_name = "Last-Event-ID";

// The shortest chunked body, a last chunk and no trailer.
constexpr std::string_view empty_chunked_body = "0\r\n\r\n";

bool is_host_char(char byte) {
  constexpr std::string_view others = "!$%&'()*+,-.:;=[]_~";
  auto const lowered = text::to_lower(byte);
  return (lowered >= 'a' && lowered <= 'z') || text::is_digit(byte) ||
         others.find(byte) != std::string_view::npos;
}

// The request line may be well-formed and of a version that is not spoken here. Where the version
// is good, it is what follows it that is not.
wire_error version_error(std::string_view input) {
  auto const target = input.find(' ') + 1;
  auto const version =
      input.substr(input.find(' ', target) + 1, std::string_view{"HTTP/d.d"}.size());
  bool const is_spoken = version == "HTTP/1.1" || version == "HTTP/1.0";
  if (!is_spoken && version.starts_with("HTTP/") && version.size() == 8 &&
      text::is_digit(version[5]) && version[6] == '.' && text::is_digit(version[7])) {
    return {505, "505 HTTP Version Not Supported: unsupported protocol version"};
  }
  return {400, {}};
}

}  // namespace

// Keeps what on_*_impl() are told; all else is Beast's.
class request_parser::wire final : public wire_http::basic_parser<true> {
 public:
  wire(http::request& into, std::size_t max_body_size, bool keep_authorization)
      : request{into}, keep_authorization_{keep_authorization} {
    header_limit(max_header_size);
    body_limit(max_body_size);
    eager(true);
  }

  http::request& request;
  wire_error refusal;
  bool expects_continue = false;
  bool head_done = false;

  // Beast 1.81 asserts that a last chunk which it has seen the line of is whole when it sees it
  // again. A client may still have sent less, so Beast is not shown it.
  [[nodiscard]] bool is_beginning_of_last_chunk(std::string_view input) const {
    return head_done && chunked() && !has_chunk_ && input.size() < empty_chunked_body.size() &&
           input.starts_with(empty_chunked_body.substr(0, 3));
  }

 private:
  void on_request_impl(wire_http::verb, beast::string_view method, beast::string_view target,
                       int version, error_code& error) override {
    request.method = to_std(method);
    request.target_text = to_std(target);
    request.http_1_1 = version >= 11;
    request.body.clear();
    request.authorization.clear();
    request.if_none_match.clear();
    request.accept.clear();
    request.last_event_id.clear();
    head_size_ = method.size() + target.size();
    auto parsed = http::target::parse(request.target_text);
    if (!parsed) {
      refuse({400, {}}, error);
      return;
    }
    request.target = *std::move(parsed);
  }

  void on_field_impl(wire_http::field name, beast::string_view name_text, beast::string_view value,
                     error_code& error) override {
    // Beast's own limit is for what comes at once.
    head_size_ += name_text.size() + value.size();
    if (head_size_ > max_header_size) {
      refuse({431, {}}, error);
    } else if (name == wire_http::field::host) {
      if (has_host_ || !std::all_of(value.begin(), value.end(), is_host_char)) {
        refuse({400, has_host_ ? "400 Bad Request: too many Host headers"
                               : "400 Bad Request: malformed Host header"},
               error);
      }
      has_host_ = true;
    } else if (name == wire_http::field::expect) {
      if (!beast::iequals(value, "100-continue")) {
        refuse({417, {}}, error);
      }
      expects_continue = true;
    } else if (keep_authorization_ && name == wire_http::field::authorization) {
      keep_first(request.authorization, value, max_header_size);
    } else if (name == wire_http::field::accept) {
      keep_first(request.accept, value, max_value_size);
    } else if (name == wire_http::field::if_none_match) {
      keep_first(request.if_none_match, value, max_value_size);
    } else if (name == wire_http::field::unknown && beast::iequals(name_text, last_event_id_name)) {
      keep_first(request.last_event_id, value, max_value_size);
    } else if (name == wire_http::field::connection) {
      wire_http::token_list tokens{value};
      says_close_ = says_close_ || tokens.exists("close");
      says_keep_alive_ = says_keep_alive_ || tokens.exists("keep-alive");
    } else if (name == wire_http::field::transfer_encoding && !beast::iequals(value, "chunked")) {
      refuse({501, "501 Not Implemented: unsupported transfer encoding"}, error);
    } else if (name == wire_http::field::content_length) {
      note_length(value, error);
    }
  }

  void on_header_impl(error_code& error) override {
    if (!has_host_ && request.http_1_1) {
      refuse({400, "400 Bad Request: missing required Host header"}, error);
      return;
    }
    // Beast's keep_alive() heeds Proxy-Connection, too, and lets keep-alive win over close.
    request.keep_alive = !says_close_ && (request.http_1_1 || says_keep_alive_);
    head_done = true;
  }

  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, error_code&) override { return keep(body); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {
    has_chunk_ = true;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override {
    return keep(body);
  }
  void on_finish_impl(error_code&) override {}

  std::size_t keep(beast::string_view part) {
    auto const space = stored_body_size - std::min(stored_body_size, request.body.size());
    request.body.append(part.data(), std::min(part.size(), space));
    return part.size();
  }

  static void keep_first(std::string& into, beast::string_view value, std::size_t most) {
    if (into.empty() && value.size() <= most) {
      into = to_std(value);
    }
  }

  // Beast takes lists, and takes 1 and 01 for the same; who stands before us may not.
  void note_length(beast::string_view value, error_code& error) {
    bool const differs = !length_.empty() && to_std(value) != length_;
    if (differs || value.find(',') != beast::string_view::npos) {
      refuse({400, {}}, error);
    }
    length_ = to_std(value);
  }

  void refuse(wire_error why, error_code& error) {
    refusal = why;
    error = wire_http::error::bad_value;
  }

  bool keep_authorization_;
  bool has_host_ = false;
  bool says_close_ = false;
  bool says_keep_alive_ = false;
  bool has_chunk_ = false;
  std::string length_;
  std::size_t head_size_ = 0;
};

request_parser::request_parser(std::size_t max_body_size, bool keep_authorization)
    : max_body_size_{max_body_size},
      keep_authorization_{keep_authorization},
      wire_{std::make_unique<wire>(request_, max_body_size, keep_authorization)} {}

request_parser::~request_parser() = default;

request_parser::state request_parser::feed(std::string_view& input) {
  if (!wire_->got_some()) {
    // Some clients end a body with an empty line that its length does not count (RFC 9112, 2.2).
    auto const part = input.substr(0, max_skipped - skipped_);
    auto const size = std::min(part.find_first_not_of("\r\n"), part.size());
    skipped_ += size;
    input.remove_prefix(size);
    if (input.empty()) {
      return state::need_more;
    }
  }
  if (wire_->is_beginning_of_last_chunk(input)) {
    return state::need_more;
  }
  auto const whole = input;
  error_code error;
  while (!error && !wire_->is_done()) {
    auto const used = wire_->put(boost::asio::buffer(input.data(), input.size()), error);
    input.remove_prefix(used);
    if (used == 0 && input.empty()) {
      error = wire_http::error::need_more;
    }
  }
  if (error == wire_http::error::bad_version && whole.starts_with(http_2_preface)) {
    // Answered as a request of this method, which no route has.
    request_ = {
        .method = "PRI", .target_text = "*", .target = {.raw_path = "*"}, .keep_alive = false};
    return state::complete;
  }
  if (!error) {
    return state::complete;
  }
  // Beast has no limit for the line before a chunk, nor for what follows the last.
  if (error == wire_http::error::need_more && input.size() <= max_header_size) {
    if (wire_->head_done && wire_->expects_continue && input.empty()) {
      wire_->expects_continue = false;
      return request_.http_1_1 ? state::wants_continue : state::need_more;
    }
    return state::need_more;
  }
  if (wire_->refusal.status != 0) {
    error_ = wire_->refusal;
  } else if (error == wire_http::error::bad_version) {
    error_ = version_error(whole);
  } else if (error == wire_http::error::header_limit) {
    error_ = {431, {}};
  } else if (error == wire_http::error::body_limit) {
    error_ = {413, {}};
  } else {
    error_ = {400, {}};
  }
  return state::failed;
}

void request_parser::reset() {
  // In place: Beast's parser cannot be used twice, but its memory can.
  std::destroy_at(wire_.get());
  std::construct_at(wire_.get(), request_, max_body_size_, keep_authorization_);
  skipped_ = 0;
  // An idle client keeps no long request.
  for (auto* const text :
       {&request_.target_text, &request_.target.unescaped_path, &request_.authorization}) {
    if (text->capacity() > max_value_size) {
      std::string{}.swap(*text);
    }
  }
}

bool request_parser::in_head() const noexcept {
  return wire_->got_some() && !wire_->head_done;
}

bool request_parser::in_body() const noexcept {
  return wire_->head_done;
}

}  // namespace nsqlookupd::http
