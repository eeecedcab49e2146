// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/base64.hpp>
#include <nsqlookupd/text/number.hpp>

#include "gateway.hpp"
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <set>

namespace nsqlookupd::etcd {
namespace {

// `"name":` behind a comma, unless it is the first of its object.
void append_name(std::string& out, std::string_view name) {
  if (out.back() != '{') {
    out += ',';
  }
  out.append("\"").append(name).append("\":");
}

void append_bytes(std::string& out, std::string_view name, std::string_view bytes) {
  append_name(out, name);
  out += '"';
  text::append_base64(out, bytes);
  out += '"';
}

void append_integer(std::string& out, std::string_view name, std::int64_t number) {
  append_name(out, name);
  out += '"';
  text::append_number(out, number);
  out += '"';
}

// A range has an end; a key alone has none.
void append_range(std::string& out, std::string_view begin, std::string_view end) {
  append_bytes(out, "key", begin);
  if (!end.empty()) {
    append_bytes(out, "range_end", end);
  }
}

void append_operation(std::string& out, operation const& from) {
  if (from.kind == operation::type::remove) {
    out += R"({"request_delete_range":{)";
    append_range(out, from.key, from.end);
  } else {
    out += R"({"request_put":{)";
    append_bytes(out, "key", from.key);
    append_bytes(out, "value", from.value);
    if (from.lease != 0) {
      append_integer(out, "lease", from.lease);
    }
  }
  out += "}}";
}

// As JSON, with some bytes for its names.
std::size_t size_of(operation const& from) {
  return (from.key.size() + from.value.size() + from.end.size()) * 4 / 3 + 100;
}

// Which keys the operations of a transaction are about.
class touched_keys {
 public:
  // False when etcd would not have it beside the others.
  bool add(operation const& next) {
    if (next.kind == operation::type::put) {
      auto const covers = [&](operation const* removal) { return is_in(next.key, *removal); };
      return std::ranges::none_of(removals_, covers) && puts_.insert(next.key).second;
    }
    if (auto const put = puts_.lower_bound(next.key); put != puts_.end() && is_in(*put, next)) {
      return false;
    }
    removals_.push_back(&next);
    return true;
  }

 private:
  static bool is_in(std::string_view key, operation const& removal) {
    if (removal.end.empty()) {
      return key == removal.key;
    }
    return key >= removal.key && (key < removal.end || removal.end == std::string_view{"\0", 1});
  }

  std::set<std::string_view> puts_;
  std::vector<operation const*> removals_;
};

}  // namespace

std::string encode_authenticate(std::string_view user, std::string_view password) {
  boost::json::object object;
  object["name"].emplace_string().assign(user.data(), user.size());
  object["password"].emplace_string().assign(password.data(), password.size());
  return boost::json::serialize(object);
}

std::string encode_grant(std::chrono::seconds ttl) {
  std::string out = "{";
  append_integer(out, "TTL", ttl.count());
  return out += '}';
}

std::string encode_lease(std::int64_t lease) {
  std::string out = "{";
  append_integer(out, "ID", lease);
  return out += '}';
}

std::string encode_transaction(std::span<operation const>& rest) {
  std::string out = R"({"success":[)";
  touched_keys touched;
  std::size_t count = 0;
  while (count < std::min(rest.size(), max_operations)) {
    auto const& next = rest[count];
    bool const fits = count == 0 || out.size() + size_of(next) <= max_transaction_size;
    if (!fits || !touched.add(next)) {
      break;
    }
    if (count > 0) {
      out += ',';
    }
    append_operation(out, next);
    ++count;
  }
  rest = rest.subspan(count);
  return out += "]}";
}

std::string encode_put_if_absent(operation const& put) {
  std::string out = R"({"compare":[{"target":"CREATE","create_revision":"0")";
  append_bytes(out, "key", put.key);
  out += R"(}],"success":[)";
  append_operation(out, put);
  return out += "]}";
}

std::string encode_range(std::string_view begin, std::string_view end, std::int64_t limit,
                         std::int64_t at_revision) {
  std::string out = "{";
  append_range(out, begin, end);
  append_integer(out, "limit", limit);
  append_integer(out, "revision", at_revision);
  return out += '}';
}

std::string encode_watch(std::string_view begin, std::string_view end, std::int64_t from_revision) {
  std::string out = R"({"create_request":{"progress_notify":true,"fragment":true)";
  append_range(out, begin, end);
  append_integer(out, "start_revision", from_revision);
  return out += "}}";
}

}  // namespace nsqlookupd::etcd
