// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/base64.hpp>
#include <nsqlookupd/text/number.hpp>

#include "gateway.hpp"
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace nsqlookupd::etcd {
namespace {

namespace json = boost::json;

// These functions throw, as Boost.JSON does, where a member is of another kind. One that etcd has
// left out is 0 or empty.
void require(bool is_as_expected) {
  if (!is_as_expected) {
    throw boost::system::system_error{errc::bad_answer};
  }
}

std::int64_t integer_in(json::object const& from, std::string_view name) {
  auto const* const found = from.if_contains(name);
  if (found == nullptr || !found->is_string()) {
    return found == nullptr ? 0 : found->as_int64();
  }
  return text::parse_number<std::int64_t>(found->get_string()).value();
}

std::string_view text_in(json::object const& from, std::string_view name) {
  auto const* const found = from.if_contains(name);
  return found == nullptr ? std::string_view{} : std::string_view{found->as_string()};
}

bool is_true(json::object const& from, std::string_view name) {
  auto const* const found = from.if_contains(name);
  return found != nullptr && found->is_bool() && found->get_bool();
}

std::string bytes_in(json::object const& from, std::string_view name) {
  return text::parse_base64(text_in(from, name)).value();
}

key_value read_entry(json::object const& from) {
  return {bytes_in(from, "key"), bytes_in(from, "value"), integer_in(from, "create_revision"),
          integer_in(from, "mod_revision"), integer_in(from, "lease")};
}

event read_event(json::object const& from) {
  auto const type = text_in(from, "type");
  require(type.empty() || type == "PUT" || type == "DELETE");
  return {type == "DELETE", read_entry(from.at("kv").as_object())};
}

template <class Value>
std::vector<Value> read_all(json::object const& from, std::string_view name,
                            Value (*read)(json::object const&)) {
  std::vector<Value> all;
  if (auto const* const found = from.if_contains(name)) {
    for (auto const& each : found->as_array()) {
      all.push_back(read(each.as_object()));
    }
  }
  return all;
}

// Every answer of etcd has a header, which has its revision.
std::int64_t revision_in(json::object const& answer) {
  return integer_in(answer.at("header").as_object(), "revision");
}

template <class Value, class Read>
result<Value> read_answer(std::string_view body, Read const& read) {
  try {
    return read(json::parse(body).as_object());
  } catch (std::exception const&) {
    return {boost::system::in_place_error, errc::bad_answer};
  }
}

// For a line of the log.
std::string on_one_line(std::string_view text) {
  constexpr std::size_t most = 200;
  std::string line{text.substr(0, most)};
  std::ranges::replace_if(
      line, [](char byte) { return static_cast<unsigned char>(byte) < ' '; }, ' ');
  return line;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

// gRPC's numbers, and etcd's texts where a number means several errors.
errc error_of(std::int64_t code, std::string_view message) {
  switch (code) {
    case 4:
      return errc::timed_out;
    case 5:
      return has(message, "lease not found") ? errc::lease_not_found : errc::rejected;
    case 7:
    case 16:
      return errc::refused;
    case 8:
      return has(message, "larger than max") ? errc::rejected : errc::exhausted;
    case 11:
      return has(message, "compacted") ? errc::compacted : errc::future_revision;
    case 1:
    case 2:
    case 14:
      return errc::unavailable;
    default:
      return has(message, "authentication failed") || has(message, "user name is empty")
                 ? errc::refused
                 : errc::rejected;
  }
}

fault fault_of(std::int64_t code, std::string_view message) {
  bool const is_of_token = has(message, "invalid auth token") ||
                           has(message, "user name is empty") ||
                           has(message, "revision of auth store is old");
  return {error_of(code, message), on_one_line(message), is_of_token};
}

fault not_of_etcd(std::string_view text) {
  return {errc::bad_answer, "the answer is none of etcd's: " + on_one_line(text), false};
}

// `rpc error: code = PermissionDenied desc = etcdserver: permission denied`
fault fault_of_reason(std::string_view reason) {
  constexpr std::pair<std::string_view, std::int64_t> codes[]{
      {"PermissionDenied", 7},  {"Unauthenticated", 16}, {"Unavailable", 14},
      {"ResourceExhausted", 8}, {"DeadlineExceeded", 4}, {"permission denied", 7},
      {"no leader", 14}};
  for (auto const& [name, code] : codes) {
    if (has(reason, name)) {
      return fault_of(code, reason);
    }
  }
  return fault_of(3, reason);
}

// The end of a watch, in a line of its own or in the one that opens it.
fault cancellation_of(json::object const& news) {
  if (integer_in(news, "compact_revision") != 0) {
    return {errc::compacted, "etcd has compacted the revision of the watch", false};
  }
  auto const reason = text_in(news, "cancel_reason");
  return fault_of_reason(reason.empty() ? "etcd has cancelled the watch" : reason);
}

watch_line read_line(json::object const& from) {
  if (auto const* const found = from.if_contains("error")) {
    auto const& error = found->as_object();
    // etcd 3.6 has another name for it.
    auto const* const name = error.contains("grpc_code") ? "grpc_code" : "code";
    return {.failure = fault_of(integer_in(error, name), text_in(error, "message")), .events = {}};
  }
  auto const& news = from.at("result").as_object();
  return {.failure = is_true(news, "canceled") ? cancellation_of(news) : fault{},
          .created = is_true(news, "created"),
          .is_fragment = is_true(news, "fragment"),
          .revision = revision_in(news),
          .events = read_all(news, "events", read_event)};
}

}  // namespace

result<std::string> decode_token(std::string_view body) {
  return read_answer<std::string>(body, [](json::object const& answer) {
    std::string token{text_in(answer, "token")};
    require(!token.empty());
    return token;
  });
}

result<void> decode_version(std::string_view body) {
  return read_answer<void>(body, [](json::object const& answer) -> result<void> {
    auto const version = text_in(answer, "etcdserver");
    auto const dot = version.find('.');
    require(dot != version.npos);
    auto const rest = version.substr(dot + 1);
    auto const major = text::parse_number<int>(version.substr(0, dot)).value();
    auto const minor = text::parse_number<int>(rest.substr(0, rest.find('.'))).value();
    if (std::pair{major, minor} < std::pair{3, 4}) {
      return errc::too_old;
    }
    return {};
  });
}

result<std::int64_t> decode_grant(std::string_view body) {
  return read_answer<std::int64_t>(body, [](json::object const& answer) {
    auto const lease = integer_in(answer, "ID");
    require(lease != 0);
    return lease;
  });
}

result<std::chrono::seconds> decode_keep_alive(std::string_view body) {
  using seconds = std::chrono::seconds;
  return read_answer<seconds>(body, [](json::object const& answer) -> result<seconds> {
    seconds const ttl{integer_in(answer.at("result").as_object(), "TTL")};
    if (ttl <= seconds::zero()) {
      return errc::lease_not_found;
    }
    return ttl;
  });
}

result<std::int64_t> decode_revision(std::string_view body) {
  return read_answer<std::int64_t>(body, revision_in);
}

result<page> decode_range(std::string_view body) {
  return read_answer<page>(body, [](json::object const& answer) {
    return page{read_all(answer, "kvs", read_entry), is_true(answer, "more"), revision_in(answer)};
  });
}

fault decode_failure(unsigned status, std::string_view body) {
  auto const decoded = read_answer<fault>(body, [](json::object const& answer) {
    auto const message = text_in(answer, "message");
    require(!message.empty());
    return fault_of(integer_in(answer, "code"), message);
  });
  return decoded ? *decoded
                 : not_of_etcd("HTTP status " + std::to_string(status) + ", " + std::string{body});
}

watch_line decode_watch(std::string_view line) {
  auto decoded = read_answer<watch_line>(line, read_line);
  return decoded ? std::move(*decoded) : watch_line{.failure = not_of_etcd(line), .events = {}};
}

}  // namespace nsqlookupd::etcd
