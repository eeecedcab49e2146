// SPDX-License-Identifier: MIT
//
// Small values in etcd: JSON objects of which no member need be there.
#pragma once

#include <nsqlookupd/cluster/known_keys.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value_to.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

namespace nsqlookupd::cluster {

/// The moment that so many microseconds since 1970 stand for, or the nearest that there is.
[[nodiscard]] registry::time_point time_of(std::int64_t microseconds);

class json_record {
 public:
  /// Has no members when `text` is no object.
  explicit json_record(std::string_view text);

  /// An empty value, or 0, when there is none of this name and type.
  template <class Value>
  [[nodiscard]] Value get(std::string_view name) const {
    if (auto const* const found = members_.if_contains(name)) {
      if (auto value = boost::json::try_value_to<Value>(*found)) {
        return std::move(*value);
      }
    }
    return {};
  }

 private:
  boost::json::object members_;
};

[[nodiscard]] member_info decode_member(std::string_view node, std::string_view value);

}  // namespace nsqlookupd::cluster
