// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/base64.hpp>

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::text {
namespace {

std::string base64(std::string_view bytes) {
  std::string out;
  append_base64(out, bytes);
  return out;
}

// RFC 4648, section 10.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> vectors{
    {{"", ""},
     {"f", "Zg=="},
     {"fo", "Zm8="},
     {"foo", "Zm9v"},
     {"foob", "Zm9vYg=="},
     {"fooba", "Zm9vYmE="},
     {"foobar", "Zm9vYmFy"}}};

TEST(base64, is_that_of_the_rfc) {
  for (auto const& [bytes, text] : vectors) {
    EXPECT_EQ(base64(bytes), text);
    EXPECT_EQ(parse_base64(text), bytes);
  }
}

TEST(base64, is_appended) {
  std::string out = "a";
  append_base64(out, "foo");
  EXPECT_EQ(out, "aZm9v");
}

TEST(base64, knows_every_byte) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all += static_cast<char>(byte);
    EXPECT_EQ(parse_base64(base64(all)), all);
  }
  EXPECT_EQ(base64("\xfb\xff\xbf"), "+/+/");
}

TEST(base64, is_refused_when_it_is_anything_else) {
  for (std::string_view const text :
       {"Z", "Zg", "Zg=", "Zm9", "=", "==", "===", "====", "Z===", "Zg==Zg==", "Zm9v\n", "Zm9 ",
        "Zm-_", "Z=9v", "Zh==", "Zm9=", "\xc3\xa4\xc3\xa4"}) {
    EXPECT_EQ(parse_base64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace nsqlookupd::text
