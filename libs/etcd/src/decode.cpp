// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/base64.hpp>
#include <nsqlookupd/text/number.hpp>

#include "gateway.hpp"
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace nsqlookupd::etcd {
namespace {

namespace json = boost::json;

std::optional<json::object> parse_object(std::string_view text) {
  boost::system::error_code error;
  auto parsed = json::parse(text, error);
  auto* const object = error ? nullptr : parsed.if_object();
  return object != nullptr ? std::optional{std::move(*object)} : std::nullopt;
}

json::object const* find_object(json::object const& in, std::string_view name) {
  auto const* const found = in.if_contains(name);
  return found != nullptr ? found->if_object() : nullptr;
}

// 0 when it is not there; nothing when it is no number.
std::optional<std::int64_t> find_integer(json::object const& in, std::string_view name) {
  auto const* const found = in.if_contains(name);
  if (found == nullptr) {
    return 0;
  }
  if (auto const* const text = found->if_string()) {
    return text::parse_number<std::int64_t>(std::string_view{text->data(), text->size()});
  }
  auto const* const number = found->if_int64();
  return number != nullptr ? std::optional{*number} : std::nullopt;
}

// Empty when it is not there; nothing when it is no text.
std::optional<std::string_view> find_text(json::object const& in, std::string_view name) {
  auto const* const found = in.if_contains(name);
  if (found == nullptr) {
    return std::string_view{};
  }
  auto const* const text = found->if_string();
  return text != nullptr ? std::optional{std::string_view{text->data(), text->size()}}
                         : std::nullopt;
}

bool is_true(json::object const& in, std::string_view name) {
  auto const* const found = in.if_contains(name);
  return found != nullptr && found->is_bool() && found->get_bool();
}

std::optional<std::string> find_bytes(json::object const& in, std::string_view name) {
  auto const text = find_text(in, name);
  return text ? text::parse_base64(*text) : std::nullopt;
}

std::optional<key_value> read_entry(json::object const& from) {
  auto key = find_bytes(from, "key");
  auto value = find_bytes(from, "value");
  auto const created = find_integer(from, "create_revision");
  auto const modified = find_integer(from, "mod_revision");
  auto const lease = find_integer(from, "lease");
  if (!key || !value || !created || !modified || !lease) {
    return std::nullopt;
  }
  return key_value{std::move(*key), std::move(*value), *created, *modified, *lease};
}

// Every answer of etcd has a header, which has its revision.
std::optional<std::int64_t> read_revision(json::object const& answer) {
  auto const* const header = find_object(answer, "header");
  return header != nullptr ? find_integer(*header, "revision") : std::nullopt;
}

// Reads an array of objects, which may be absent.
template <class Value, class Read>
std::optional<std::vector<Value>> read_all(json::object const& in, std::string_view name,
                                           Read const& read) {
  std::vector<Value> all;
  auto const* const found = in.if_contains(name);
  if (found == nullptr) {
    return all;
  }
  auto const* const array = found->if_array();
  if (array == nullptr) {
    return std::nullopt;
  }
  all.reserve(array->size());
  for (auto const& element : *array) {
    auto const* const object = element.if_object();
    auto value = object != nullptr ? read(*object) : std::nullopt;
    if (!value) {
      return std::nullopt;
    }
    all.push_back(std::move(*value));
  }
  return all;
}

std::optional<event> read_event(json::object const& from) {
  auto const type = find_text(from, "type");
  auto const* const entry = find_object(from, "kv");
  auto read = entry != nullptr ? read_entry(*entry) : std::nullopt;
  if (!type || !read || (!type->empty() && *type != "PUT" && *type != "DELETE")) {
    return std::nullopt;
  }
  return event{*type == "DELETE", std::move(*read)};
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

fault failure_of(std::int64_t code, std::string_view message) {
  bool const is_of_token = has(message, "invalid auth token") ||
                           has(message, "user name is empty") ||
                           has(message, "revision of auth store is old");
  return {error_of(code, message), on_one_line(message), is_of_token};
}

fault not_of_etcd(std::string_view text) {
  return {errc::bad_answer, "the answer is none of etcd's: " + on_one_line(text), false};
}

// `rpc error: code = PermissionDenied desc = etcdserver: permission denied`
fault failure_of_reason(std::string_view reason) {
  constexpr std::pair<std::string_view, std::int64_t> codes[]{
      {"PermissionDenied", 7},  {"Unauthenticated", 16}, {"Unavailable", 14},
      {"ResourceExhausted", 8}, {"DeadlineExceeded", 4}, {"permission denied", 7},
      {"no leader", 14}};
  for (auto const& [name, code] : codes) {
    if (has(reason, name)) {
      return failure_of(code, reason);
    }
  }
  return failure_of(3, reason);
}

// The end of a watch, in a line of its own or in the one that opens it.
fault cancellation_of(json::object const& result) {
  if (find_integer(result, "compact_revision").value_or(0) != 0) {
    return {errc::compacted, "etcd has compacted the revision of the watch", false};
  }
  auto const reason = find_text(result, "cancel_reason").value_or("");
  return failure_of_reason(reason.empty() ? "etcd has cancelled the watch" : reason);
}

}  // namespace

result<std::string> decode_token(std::string_view body) {
  auto const answer = parse_object(body);
  auto const token = answer ? find_text(*answer, "token") : std::nullopt;
  if (!token || token->empty()) {
    return errc::bad_answer;
  }
  return std::string{*token};
}

result<void> decode_version(std::string_view body) {
  auto const answer = parse_object(body);
  auto const version = answer ? find_text(*answer, "etcdserver") : std::nullopt;
  auto const dot = version ? version->find('.') : std::string_view::npos;
  if (dot == std::string_view::npos) {
    return errc::bad_answer;
  }
  auto const rest = version->substr(dot + 1);
  auto const major = text::parse_number<int>(version->substr(0, dot));
  auto const minor = text::parse_number<int>(rest.substr(0, rest.find('.')));
  if (!major || !minor) {
    return errc::bad_answer;
  }
  if (std::pair{*major, *minor} < std::pair{3, 4}) {
    return errc::too_old;
  }
  return {};
}

result<std::int64_t> decode_grant(std::string_view body) {
  auto const answer = parse_object(body);
  auto const id = answer ? find_integer(*answer, "ID") : std::nullopt;
  if (id.value_or(0) == 0) {
    return errc::bad_answer;
  }
  return *id;
}

result<std::chrono::seconds> decode_keep_alive(std::string_view body) {
  auto const answer = parse_object(body);
  auto const* const granted = answer ? find_object(*answer, "result") : nullptr;
  auto const ttl = granted != nullptr ? find_integer(*granted, "TTL") : std::nullopt;
  if (!ttl) {
    return errc::bad_answer;
  }
  if (*ttl <= 0) {
    return errc::lease_not_found;
  }
  return std::chrono::seconds{*ttl};
}

result<std::int64_t> decode_transaction(std::string_view body) {
  auto const answer = parse_object(body);
  auto const revision = answer ? read_revision(*answer) : std::nullopt;
  if (!revision) {
    return errc::bad_answer;
  }
  return *revision;
}

result<void> decode_revoke(std::string_view body) {
  auto const revision = decode_transaction(body);
  return revision ? result<void>{} : revision.error();
}

result<bool> decode_put_if_absent(std::string_view body) {
  auto const answer = parse_object(body);
  if (!answer || !read_revision(*answer)) {
    return errc::bad_answer;
  }
  return is_true(*answer, "succeeded");
}

result<page> decode_range(std::string_view body) {
  auto const answer = parse_object(body);
  auto const revision = answer ? read_revision(*answer) : std::nullopt;
  auto entries = answer ? read_all<key_value>(*answer, "kvs", read_entry) : std::nullopt;
  if (!revision || !entries) {
    return errc::bad_answer;
  }
  return page{std::move(*entries), is_true(*answer, "more"), *revision};
}

fault decode_failure(unsigned status, std::string_view body) {
  auto const answer = parse_object(body);
  auto const code = answer ? find_integer(*answer, "code") : std::nullopt;
  auto const message = answer ? find_text(*answer, "message") : std::nullopt;
  if (!code || !message || message->empty()) {
    return not_of_etcd("HTTP status " + std::to_string(status) + ", " + std::string{body});
  }
  return failure_of(*code, *message);
}

watch_line decode_watch(std::string_view line) {
  watch_line decoded;
  auto const answer = parse_object(line);
  if (auto const* const error = answer ? find_object(*answer, "error") : nullptr) {
    // etcd 3.6 has another name for it.
    auto const* const name = error->contains("grpc_code") ? "grpc_code" : "code";
    decoded.failure = failure_of(find_integer(*error, name).value_or(2),
                                 find_text(*error, "message").value_or(""));
    return decoded;
  }
  auto const* const news = answer ? find_object(*answer, "result") : nullptr;
  auto const revision = news != nullptr ? read_revision(*news) : std::nullopt;
  auto events = news != nullptr ? read_all<event>(*news, "events", read_event) : std::nullopt;
  if (!revision || !events) {
    decoded.failure = not_of_etcd(line);
    return decoded;
  }
  if (is_true(*news, "canceled")) {
    decoded.failure = cancellation_of(*news);
    return decoded;
  }
  decoded.created = is_true(*news, "created");
  decoded.is_fragment = is_true(*news, "fragment");
  decoded.revision = *revision;
  decoded.events = std::move(*events);
  return decoded;
}

}  // namespace nsqlookupd::etcd
