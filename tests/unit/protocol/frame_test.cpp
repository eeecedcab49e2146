// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/frame.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {
namespace {

using namespace std::literals;

std::string framed(std::string_view text) {
  std::string out;
  append_frame(text, out);
  return out;
}

TEST(frame, is_a_big_endian_size_and_the_bytes) {
  EXPECT_EQ(framed("OK"), "\0\0\0\x02OK"sv);
  EXPECT_EQ(framed(""), "\0\0\0\0"sv);
  EXPECT_EQ(framed("a\0\n\xff"sv),
            "\0\0\0\x04"
            "a\0\n\xff"sv);
  EXPECT_EQ(framed(std::string(0x010203, 'x')).substr(0, 4), "\0\x01\x02\x03"sv);
}

TEST(frame, is_appended) {
  std::string out = "before";
  append_frame("OK", out);
  append_frame("E", out);
  EXPECT_EQ(out,
            "before\0\0\0\x02OK\0\0\0\x01"
            "E"sv);
}

TEST(frame, size_is_read_from_the_first_four_bytes) {
  struct {
    std::string_view bytes;
    std::int32_t expected;
  } const cases[] = {
      {"\0\0\0\0"sv, 0},
      {"\0\0\0\x64{\"b"sv, 100},
      {"\x01\x02\x03\x04"sv, 0x01020304},
      {"\x7f\xff\xff\xff"sv, std::numeric_limits<std::int32_t>::max()},
      {"\x80\0\0\0"sv, std::numeric_limits<std::int32_t>::min()},
      {"\xff\xff\xff\xff"sv, -1},
  };
  for (auto const& [bytes, expected] : cases) {
    EXPECT_EQ(read_frame_size(bytes), expected);
  }
}

}  // namespace
}  // namespace nsqlookupd::protocol
