// SPDX-License-Identifier: MIT
//
// Members of JSON objects. A member's beginning, `,"name":`, is one literal, so that it is one
// copy.
#pragma once

#include <nsqlookupd/registry/time.hpp>
#include <nsqlookupd/text/json.hpp>
#include <nsqlookupd/text/number.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {

inline void append_text(std::string& out, std::string_view beginning, std::string_view value) {
  out.append(beginning);
  text::json::append_string(out, value);
}

void append_number(std::string& out, std::string_view beginning, std::integral auto value) {
  out.append(beginning);
  text::append_number(out, value);
}

inline void append_moment(std::string& out, std::string_view beginning, registry::time_point when) {
  out.append(beginning);
  text::json::append_moment(out, when);
}

}  // namespace nsqlookupd::http_api
