// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/base64.hpp>

#include "gateway.hpp"
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace nsqlookupd::etcd {
namespace {

namespace json = boost::json;

std::string base64(std::string_view bytes) {
  std::string out;
  text::append_base64(out, bytes);
  return out;
}

// A range has an end; a key alone has none.
json::object range_of(std::string_view begin, std::string_view end) {
  json::object range{{"key", base64(begin)}};
  if (!end.empty()) {
    range["range_end"] = base64(end);
  }
  return range;
}

json::object operation_of(operation const& from) {
  if (from.kind == operation::type::remove) {
    return {{"request_delete_range", range_of(from.key, from.end)}};
  }
  json::object put{{"key", base64(from.key)}, {"value", base64(from.value)}};
  if (from.lease != 0) {
    put["lease"] = std::to_string(from.lease);
  }
  return {{"request_put", std::move(put)}};
}

// As JSON, with some bytes for its names.
std::size_t size_of(operation const& from) {
  return (from.key.size() + from.value.size() + from.end.size()) * 4 / 3 + 100;
}

bool covers(operation const& range, std::string_view key) {
  if (range.end.empty()) {
    return key == range.key;
  }
  return key >= range.key && (key < range.end || range.end == std::string_view{"\0", 1});
}

// Whether etcd would not have both in one transaction.
bool are_in_conflict(operation const& one, operation const& other) {
  return (one.kind == operation::type::put && covers(other, one.key)) ||
         (other.kind == operation::type::put && covers(one, other.key));
}

}  // namespace

std::string encode_authenticate(std::string_view user, std::string_view password) {
  return json::serialize(json::object{{"name", user}, {"password", password}});
}

std::string encode_grant(std::chrono::seconds ttl) {
  return json::serialize(json::object{{"TTL", std::to_string(ttl.count())}});
}

std::string encode_lease(std::int64_t lease) {
  return json::serialize(json::object{{"ID", std::to_string(lease)}});
}

std::string encode_transaction(std::span<operation const>& rest) {
  json::array operations;
  std::size_t size = 0;
  while (operations.size() < std::min(rest.size(), max_operations)) {
    auto const& next = rest[operations.size()];
    size += size_of(next);
    bool const fits = operations.empty() || size <= max_transaction_size;
    auto const conflicts = [&](operation const& each) { return are_in_conflict(each, next); };
    if (!fits || std::ranges::any_of(rest.first(operations.size()), conflicts)) {
      break;
    }
    operations.push_back(operation_of(next));
  }
  rest = rest.subspan(operations.size());
  return json::serialize(json::object{{"success", std::move(operations)}});
}

std::string encode_put_if_absent(operation const& put) {
  json::object absent{{"target", "CREATE"}, {"create_revision", "0"}, {"key", base64(put.key)}};
  return json::serialize(json::object{{"compare", json::array{std::move(absent)}},
                                      {"success", json::array{operation_of(put)}}});
}

std::string encode_range(std::string_view begin, std::string_view end, std::int64_t limit,
                         std::int64_t at_revision) {
  auto range = range_of(begin, end);
  range["limit"] = std::to_string(limit);
  range["revision"] = std::to_string(at_revision);
  return json::serialize(range);
}

std::string encode_watch(std::string_view begin, std::string_view end, std::int64_t from_revision) {
  auto created = range_of(begin, end);
  created["start_revision"] = std::to_string(from_revision);
  created["progress_notify"] = true;
  created["fragment"] = true;
  return json::serialize(json::object{{"create_request", std::move(created)}});
}

}  // namespace nsqlookupd::etcd
