// SPDX-License-Identifier: MIT
#include <nsqlookupd/daemon/connection_shares.hpp>

#include <gtest/gtest.h>

#include <cstddef>

namespace nsqlookupd {
namespace {

using net::client_kind;

// How many of this kind get in when all try.
std::size_t fill(connection_shares& shares, client_kind kind) {
  std::size_t count = 0;
  while (shares.has_space(kind)) {
    shares.begin(kind);
    ++count;
  }
  return count;
}

struct share_case {
  std::size_t limit;
  std::size_t most_tcp;
  std::size_t most_http;
};

class share : public testing::TestWithParam<share_case> {
 protected:
  std::size_t limit = GetParam().limit;
  connection_shares shares{limit};
};
INSTANTIATE_TEST_SUITE_P(of, share,
                         testing::Values(share_case{1, 1, 1}, share_case{2, 1, 1},
                                         share_case{3, 2, 2}, share_case{10, 9, 9},
                                         share_case{11, 9, 9}, share_case{48, 43, 43},
                                         share_case{200, 184, 180}, share_case{1'000, 984, 900},
                                         share_case{19'016, 19'000, 17'114}));

TEST_P(share, of_tcp_leaves_some_to_probes) {
  EXPECT_EQ(fill(shares, client_kind::tcp), GetParam().most_tcp);
  EXPECT_EQ(fill(shares, client_kind::http), limit - GetParam().most_tcp);
}

TEST_P(share, of_http_leaves_some_to_producers) {
  EXPECT_EQ(fill(shares, client_kind::http), GetParam().most_http);
  EXPECT_EQ(fill(shares, client_kind::tcp), limit - GetParam().most_http);
}

TEST_P(share, is_free_again_when_a_connection_ends) {
  fill(shares, client_kind::http);
  fill(shares, client_kind::tcp);
  EXPECT_FALSE(shares.has_space(client_kind::http));
  shares.end(client_kind::http);
  EXPECT_TRUE(shares.has_space(client_kind::http));
}

TEST(shares, are_endless_without_a_limit) {
  connection_shares shares{0};
  for (auto const kind : {client_kind::tcp, client_kind::http}) {
    for (int count = 0; count < 100'000; ++count) {
      ASSERT_TRUE(shares.has_space(kind)) << count;
      shares.begin(kind);
    }
  }
}

}  // namespace
}  // namespace nsqlookupd
