// SPDX-License-Identifier: MIT
//
// JSON text, written as Go's encoding/json writes it, straight into a string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api::json {

/// Appends `text` as a JSON string: quotes, back slashes, control bytes, `<`, `>`, `&`, U+2028 and
/// U+2029 escaped, broken UTF-8 replaced by `\ufffd`, all else raw.
void append_string(std::string& out, std::string_view text);

/// Appends a topic's or channel's name as a JSON string: such names have nothing to escape.
inline void append_name(std::string& out, std::string_view name) {
  out.push_back('"');
  out.append(name);
  out.push_back('"');
}

void append_number(std::string& out, std::int64_t value);

/// Appends the comma before the next element, unless `out` ends where an array or object begins.
inline void append_comma(std::string& out) {
  if (out.back() != '[' && out.back() != '{') {
    out.push_back(',');
  }
}

}  // namespace nsqlookupd::http_api::json
