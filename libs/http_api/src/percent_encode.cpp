// SPDX-License-Identifier: MIT
#include "percent_encode.hpp"

namespace nsqlookupd::http_api {

void append_percent_encoded(std::string& out, std::string_view text,
                            boost::urls::grammar::lut_chars const& kept, std::string_view digits) {
  for (char const byte : text) {
    auto const value = static_cast<unsigned char>(byte);
    if (kept(value)) {
      out.push_back(byte);
    } else {
      out.push_back('%');
      out.push_back(digits[value >> 4]);
      out.push_back(digits[value & 0x0F]);
    }
  }
}

}  // namespace nsqlookupd::http_api
