// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/number.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace nsqlookupd::text {
namespace {

TEST(number, is_written_whatever_its_size) {
  std::string out;
  append_number(out, 0);
  append_number(out, std::numeric_limits<std::int64_t>::min());
  append_number(out, std::numeric_limits<std::int64_t>::max());
  append_number(out, std::numeric_limits<std::uint64_t>::max());
  append_number(out, std::uint16_t{65'535});
  EXPECT_EQ(out,
            "0-9223372036854775808922337203685477580718446744073709551615"
            "65535");
}

TEST(number, is_read_when_it_is_the_whole_text) {
  EXPECT_EQ(parse_number<std::int64_t>("-9223372036854775808"),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(parse_number<std::uint16_t>("065535"), 65'535);
  for (std::string_view const text : {"", "-", "+1", " 1", "1 ", "1.5", "0x1", "65536", "-1"}) {
    EXPECT_EQ(parse_number<std::uint16_t>(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace nsqlookupd::text
