// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/ascii.hpp>
#include <nsqlookupd/text/utf8.hpp>

#include <boost/locale/utf.hpp>

#include <algorithm>

namespace nsqlookupd::text {

std::size_t utf8_size(std::string_view text) noexcept {
  auto const* end = text.data();
  auto const character =
      boost::locale::utf::utf_traits<char>::decode(end, text.data() + text.size());
  bool const is_one = boost::locale::utf::is_valid_codepoint(character);
  return is_one ? static_cast<std::size_t>(end - text.data()) : 0;
}

std::string to_valid_utf8(std::string text) {
  auto const is_ascii = [](char byte) { return static_cast<unsigned char>(byte) < 0x80; };
  if (std::ranges::all_of(text, is_ascii)) return text;
  std::string valid;
  for (std::string_view rest{text}; !rest.empty();) {
    auto const size = utf8_size(rest);
    valid += size == 0 ? std::string_view{"\ufffd"} : rest.substr(0, size);
    rest.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return valid;
}

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
