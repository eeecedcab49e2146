// SPDX-License-Identifier: MIT
//
// Small values in etcd: JSON objects of which no member need be there.
#pragma once

#include <nsqlookupd/cluster/known_keys.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::cluster {

class json_record {
 public:
  /// Has no members when `text` is no object.
  explicit json_record(std::string_view text);

  /// Empty when there is none of this name and type; the others are 0 then.
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::int64_t number(std::string_view name) const;
  /// The texts of an array; empty when there is none.
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
  /// Microseconds since 1970.
  [[nodiscard]] registry::time_point time(std::string_view name) const;

 private:
  boost::json::object members_;
};

[[nodiscard]] member_info decode_member(std::string_view node, std::string_view value);

}  // namespace nsqlookupd::cluster
