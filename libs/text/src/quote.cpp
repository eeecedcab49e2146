// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/hex.hpp>
#include <nsqlookupd/text/quote.hpp>
#include <nsqlookupd/text/utf8.hpp>

namespace nsqlookupd::text {

std::string quote(std::string_view text) {
  constexpr std::string_view escaped = "\a\b\t\n\v\f\r\"\\";
  constexpr std::string_view letters = "abtnvfr\"\\";
  std::string out = "\"";
  while (!text.empty()) {
    auto const byte = static_cast<unsigned char>(text.front());
    auto const size = utf8_size(text);
    if (auto const at = escaped.find(text.front()); at != escaped.npos) {
      out.append(1, '\\').append(1, letters[at]);
    } else if (size == 0 || byte < 0x20 || byte == 0x7f) {
      append_hex(out.append("\\x"), byte);
    } else {
      out.append(text.substr(0, size));
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return out += '"';
}

}  // namespace nsqlookupd::text
