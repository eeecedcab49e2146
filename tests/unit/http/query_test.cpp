// SPDX-License-Identifier: MIT
#include <nsqlookupd/http/target.hpp>

#include <boost/url/parse_query.hpp>
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace nsqlookupd::http {
namespace {

using namespace std::string_literals;

TEST(query, values) {
  struct {
    std::string_view encoded;
    std::optional<std::string> topic;
  } const cases[] = {
      {"", std::nullopt},
      {"topic=t1", "t1"},
      {"topic", ""},
      {"topic=", ""},
      {"topic=first&topic=second", "first"},
      {"topic&topic=second", ""},
      {"x=y&topic=t1&z", "t1"},
      {"&&topic=t1&", "t1"},
      {"TOPIC=t1", std::nullopt},
      {"topics=t1", std::nullopt},
      {"=t1", std::nullopt},
      {"x=topic", std::nullopt},
      {"topic=a=b", "a=b"},
      {"topic=a+b", "a b"},
      {"topic=%74%31", "t1"},
      {"t%6Fpic=t1", "t1"},
      {"topic=a%26b%3Dc", "a&b=c"},
      {"topic=a%2Bb", "a+b"},
      {"topic=a%3bb", "a;b"},
      {"topic=e%23ephemeral", "e#ephemeral"},
      {"topic=%00", "\0"s},
      {"topic=\xff\xc3\xa9", "\xff\xc3\xa9"},
      {"topic=[::1]:4151", "[::1]:4151"},
      {"topic=a?b#c", "a?b#c"},
      {"top+ic=x", std::nullopt},
  };
  for (auto const& [encoded, topic] : cases) {
    query const arguments{encoded};
    EXPECT_TRUE(arguments.is_well_formed()) << encoded;
    EXPECT_EQ(arguments.get("topic"), topic) << encoded;
  }
}

TEST(query, malformed) {
  for (std::string_view const encoded :
       {"%", "%4", "%zz", "topic=%zz", "topic=%4", "topic=t&x=%", "x%=1&topic=t", "topic=%4&x=1",
        ";", "topic=a;b=c", "topic=a&;", "a;b&topic=t"}) {
    EXPECT_FALSE(query{encoded}.is_well_formed()) << encoded;
  }
}

// Queries that RFC 3986 allows are read as Boost.URL reads them.
TEST(query, agrees_with_boost_url) {
  constexpr std::string_view parts[] = {"topic", "=",   "=",       "&",    "&",   "+", "a",
                                        "%41",   "%3D", "%26",     "%25",  "%c3", "?", "/",
                                        ":",     "@",   "topic=t", "node", "!",   ","};
  std::mt19937 random{20261123};
  int found = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string encoded;
    for (auto count = random() % 9; count > 0; --count) {
      encoded += parts[random() % std::size(parts)];
    }
    boost::urls::encoding_opts plus_is_space;
    plus_is_space.space_as_plus = true;
    std::optional<std::string> expected;
    auto const parsed = boost::urls::parse_query(encoded);
    ASSERT_TRUE(parsed.has_value()) << encoded;
    for (auto const& argument : *parsed) {
      if (argument.key.decode(plus_is_space) == "topic") {
        expected = argument.value.decode(plus_is_space);
        break;
      }
    }
    ASSERT_EQ(query{encoded}.get("topic"), expected) << encoded;
    found += expected ? 1 : 0;
  }
  EXPECT_GT(found, 1000);
}

}  // namespace
}  // namespace nsqlookupd::http
