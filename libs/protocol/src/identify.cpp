// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/identify.hpp>
#include <nsqlookupd/protocol/json_text.hpp>
#include <nsqlookupd/text/json.hpp>
#include <nsqlookupd/text/number.hpp>
#include <nsqlookupd/text/utf8.hpp>

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace nsqlookupd::protocol {
namespace {

namespace json = boost::json;
using registry::peer_info;

// A key of the body, and the member that its value goes to: text or a port.
struct identify_field {
  std::string_view key;
  std::string peer_info::* text;
  std::int64_t peer_info::* port;
};

constexpr std::array<identify_field, 8> fields{{
    {"remote_address", &peer_info::remote_address, nullptr},
    {"hostname", &peer_info::hostname, nullptr},
    {"broadcast_address", &peer_info::broadcast_address, nullptr},
    {"tcp_port", nullptr, &peer_info::tcp_port},
    {"http_port", nullptr, &peer_info::http_port},
    {"version", &peer_info::version, nullptr},
    {"topology_zone", &peer_info::topology_zone, nullptr},
    {"topology_region", &peer_info::topology_region, nullptr},
}};

// Follows Boost.JSON's parser through the body. Not a DOM: that would keep only the last of two
// equal keys, and a wrong type in the first of them is an error too.
class identify_reader {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }

  bool on_object_begin(json::error_code&) { return open("an object", true); }
  bool on_object_end(std::size_t, json::error_code&) { return close(); }
  bool on_array_begin(json::error_code&) { return open("an array", false); }
  bool on_array_end(std::size_t, json::error_code&) { return close(); }

  bool on_key_part(json::string_view part, std::size_t, json::error_code&) { return collect(part); }
  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    collect(part);
    if (depth_ == 1) {
      auto const* const named = std::ranges::find_if(
          fields, [this](identify_field const& each) { return key_matches(text_, each.key); });
      current_ = named == fields.end() ? nullptr : named;
    }
    text_.clear();
    return true;
  }

  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    return collect(part);
  }
  bool on_string(json::string_view part, std::size_t, json::error_code&) {
    collect(part);
    if (auto const member = target(&identify_field::text, "a string"); member != nullptr) {
      // A copy takes no more memory than it needs; text_ has had longer ones.
      peer_.*member = text::to_valid_utf8(std::string{text_});
    }
    text_.clear();
    return true;
  }

  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code&) {
    if (auto const member = target(&identify_field::port, "a number"); member != nullptr) {
      peer_.*member = number;
    }
    return true;
  }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) {
    return refuse("a number that is too large");
  }
  bool on_double(double, json::string_view, json::error_code&) {
    return refuse("a number that is no integer");
  }
  bool on_bool(bool, json::error_code&) { return refuse("a boolean"); }
  // Leaves its field as it was; a body that is null has none.
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  [[nodiscard]] identify_result take() && { return {std::move(mismatch_), std::move(peer_)}; }

 private:
  bool collect(json::string_view part) {
    if (depth_ == 1) {
      text_.append(part.data(), part.size());
    }
    return true;
  }

  bool open(std::string_view type, bool is_object) {
    if (depth_ != 0 || !is_object) {
      refuse(type);
    }
    ++depth_;
    return true;
  }

  bool close() {
    --depth_;
    return true;
  }

  // The member that a value goes to; null when there is none of that kind, which may be an error.
  template <class Member>
  Member target(Member identify_field::* kind, std::string_view type) {
    Member const member = depth_ == 1 && current_ != nullptr ? current_->*kind : nullptr;
    if (member == nullptr) {
      refuse(type);
    }
    return member;
  }

  // A value of such a type is an error in a field of ours, and as the whole body.
  bool refuse(std::string_view type) {
    bool const is_body = depth_ == 0;
    if (mismatch_.empty() && (is_body || (depth_ == 1 && current_ != nullptr))) {
      mismatch_.append(is_body ? "the body" : current_->key).append(" cannot be ").append(type);
    }
    return true;
  }

  peer_info peer_;
  std::string mismatch_;
  std::string text_;
  identify_field const* current_ = nullptr;
  std::size_t depth_ = 0;
};

json::parse_options tolerant() {
  // As deep as encoding/json goes.
  constexpr std::size_t max_depth = 10'000;
  json::parse_options options;
  options.max_depth = max_depth;
  options.allow_invalid_utf8 = true;
  return options;
}

}  // namespace

identify_result parse_identify(std::string_view body) {
  std::string text{body};
  tolerate(text);
  json::basic_parser<identify_reader> parser{tolerant()};
  json::error_code error;
  auto const used = parser.write_some(false, text.data(), text.size(), error);
  if (!error && used != text.size()) {
    error = json::error::extra_data;
  }
  if (error) {
    return {error.message() + " at byte " + std::to_string(used), {}};
  }
  auto result = std::move(parser.handler()).take();
  result.peer.remote_address.clear();
  return result;
}

bool is_complete(peer_info const& peer) noexcept {
  return !peer.broadcast_address.empty() && peer.tcp_port != 0 && peer.http_port != 0 &&
         !peer.version.empty();
}

std::string identify_reply(server_identity const& self) {
  std::string reply = R"({"broadcast_address":)";
  text::json::append_string(reply, self.broadcast_address);
  text::json::append_string(reply.append(R"(,"hostname":)"), self.hostname);
  text::append_number(reply.append(R"(,"http_port":)"), self.http_port);
  text::append_number(reply.append(R"(,"tcp_port":)"), self.tcp_port);
  text::json::append_string(reply.append(R"(,"version":)"), self.version);
  return reply += '}';
}

}  // namespace nsqlookupd::protocol
