// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/respond.hpp>
#include <nsqlookupd/net/http_request_parser.hpp>

// Beast 1.81 asserts that a last chunk which came in pieces is whole; a client need not oblige, and
// all goes well where asserts are off. So they are off here in debug builds, too.
#define BOOST_DISABLE_ASSERTS
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace nsqlookupd::net {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

std::string_view to_std(beast::string_view text) {
  return {text.data(), text.size()};
}

// How a client begins that speaks HTTP/2 without asking first (RFC 9113, 3.4).
constexpr std::string_view http_2_preface = "PRI * HTTP/2.0\r\n";

// A body's bytes that a connection may hold without being asked about it.
constexpr std::size_t small_body = 1024;

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

bool is_host_char(char byte) {
  constexpr std::string_view others = "!$%&'()*+,-.:;=[]_~";
  bool const letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
  return letter || is_digit(byte) || others.find(byte) != std::string_view::npos;
}

// The request line may be well-formed and of a version that is not spoken here. Where the version
// is good, it is what follows it that is not.
http_wire_error version_error(std::string_view input) {
  auto const target = input.find(' ') + 1;
  auto const version =
      input.substr(input.find(' ', target) + 1, std::string_view{"HTTP/d.d"}.size());
  bool const is_spoken = version == "HTTP/1.1" || version == "HTTP/1.0";
  if (!is_spoken && version.starts_with("HTTP/") && version.size() == 8 && is_digit(version[5]) &&
      version[6] == '.' && is_digit(version[7])) {
    return {505, "505 HTTP Version Not Supported: unsupported protocol version"};
  }
  return {400, {}};
}

}  // namespace

// Keeps what on_*_impl() are told; all else is Beast's.
class http_request_parser::wire final : public http::basic_parser<true> {
 public:
  wire(http_request& into, std::size_t max_body_size, bool keep_authorization)
      : request{into}, keep_authorization_{keep_authorization} {
    header_limit(max_header_size);
    body_limit(max_body_size);
    eager(true);
  }

  http_request& request;
  http_wire_error refusal;
  bool expects_continue = false;
  bool head_done = false;

 private:
  void on_request_impl(http::verb, beast::string_view method, beast::string_view target,
                       int version, error_code&) override {
    request.method = to_std(method);
    request.target = to_std(target);
    request.http_1_1 = version >= 11;
    request.body.clear();
    request.authorization.clear();
    head_size_ = method.size() + target.size();
  }

  void on_field_impl(http::field name, beast::string_view name_text, beast::string_view value,
                     error_code& error) override {
    // Beast's own limit is for what comes at once.
    head_size_ += name_text.size() + value.size();
    if (head_size_ > max_header_size) {
      refuse({431, {}}, error);
    } else if (name == http::field::host) {
      if (has_host_ || !std::all_of(value.begin(), value.end(), is_host_char)) {
        refuse({400, has_host_ ? "400 Bad Request: too many Host headers"
                               : "400 Bad Request: malformed Host header"},
               error);
      }
      has_host_ = true;
    } else if (name == http::field::expect) {
      if (!beast::iequals(value, "100-continue")) {
        refuse({417, {}}, error);
      }
      expects_continue = true;
    } else if (keep_authorization_ && name == http::field::authorization) {
      if (request.authorization.empty()) {
        request.authorization = to_std(value);
      }
    } else if (name == http::field::transfer_encoding && !beast::iequals(value, "chunked")) {
      refuse({501, "501 Not Implemented: unsupported transfer encoding"}, error);
    } else if (name == http::field::content_length) {
      note_length(value, error);
    }
  }

  void on_header_impl(error_code& error) override {
    if (!has_host_ && request.http_1_1) {
      refuse({400, "400 Bad Request: missing required Host header"}, error);
      return;
    }
    request.keep_alive = keep_alive();
    head_done = true;
  }

  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, error_code&) override { return keep(body); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override {
    return keep(body);
  }
  void on_finish_impl(error_code&) override {}

  std::size_t keep(beast::string_view part) {
    auto const wanted = http_api::kept_body_size(request.method, request.target);
    auto const room = wanted - std::min(wanted, request.body.size());
    request.body.append(part.data(), std::min(part.size(), room));
    return part.size();
  }

  // Beast takes lists, and takes 1 and 01 for the same; who stands before us may not.
  void note_length(beast::string_view value, error_code& error) {
    bool const differs = !length_.empty() && to_std(value) != length_;
    if (differs || value.find(',') != beast::string_view::npos) {
      refuse({400, {}}, error);
    }
    length_ = to_std(value);
  }

  void refuse(http_wire_error why, error_code& error) {
    refusal = why;
    error = http::error::bad_value;
  }

  bool keep_authorization_;
  bool has_host_ = false;
  std::string length_;
  std::size_t head_size_ = 0;
};

http_request_parser::http_request_parser(std::size_t max_body_size, bool keep_authorization)
    : max_body_size_{max_body_size},
      keep_authorization_{keep_authorization},
      wire_{std::make_unique<wire>(request_, max_body_size, keep_authorization)} {}

http_request_parser::~http_request_parser() = default;

http_request_parser::state http_request_parser::feed(std::string_view& input) {
  auto const whole = input;
  error_code error;
  while (!error && !wire_->is_done()) {
    auto const used = wire_->put(boost::asio::buffer(input.data(), input.size()), error);
    input.remove_prefix(used);
    if (used == 0 && input.empty()) {
      error = http::error::need_more;
    }
  }
  if (error == http::error::bad_version && whole.starts_with(http_2_preface)) {
    // Answered as a request of this method, which no route has.
    request_ = {"PRI", "*", true, false, {}};
    return state::complete;
  }
  if (!error) {
    return state::complete;
  }
  // Beast has no limit for the line before a chunk, nor for what follows the last.
  if (error == http::error::need_more && input.size() <= max_header_size) {
    if (wire_->head_done && wire_->expects_continue && input.empty()) {
      wire_->expects_continue = false;
      return request_.http_1_1 ? state::wants_continue : state::need_more;
    }
    return state::need_more;
  }
  if (wire_->refusal.status != 0) {
    error_ = wire_->refusal;
  } else if (error == http::error::bad_version) {
    error_ = version_error(whole);
  } else if (error == http::error::header_limit) {
    error_ = {431, {}};
  } else if (error == http::error::body_limit) {
    error_ = {413, {}};
  } else {
    error_ = {400, {}};
  }
  return state::failed;
}

void http_request_parser::reset() {
  // In place: Beast's parser cannot be used twice, but its memory can.
  std::destroy_at(wire_.get());
  std::construct_at(wire_.get(), request_, max_body_size_, keep_authorization_);
  if (request_.body.capacity() > small_body) {
    std::string{}.swap(request_.body);
  }
}

http_request const& http_request_parser::request() const noexcept {
  return request_;
}

http_wire_error http_request_parser::error() const noexcept {
  return error_;
}

bool http_request_parser::in_head() const noexcept {
  return wire_->got_some() && !wire_->head_done;
}

bool http_request_parser::in_body() const noexcept {
  return wire_->head_done;
}

std::size_t http_request_parser::held_for_body() const noexcept {
  auto const held = wire_->request.body.capacity();
  return held > small_body ? held : 0;
}

}  // namespace nsqlookupd::net
