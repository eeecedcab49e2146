// SPDX-License-Identifier: MIT
//
// Which clients get through, by the policy and by their certificates.
#include "memory_client.hpp"
#include "tls_files.hpp"
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <chrono>
#include <ostream>
#include <string>

namespace nsqlookupd::tls::test {
namespace {

using namespace std::chrono_literals;

enum class shown { nothing, good, from_elsewhere, expired };

struct policy_case {
  client_auth policy;
  shown certificate;
  bool gets_through;
  bool is_verified;
};

void PrintTo(policy_case const& scenario, std::ostream* out) {
  *out << "policy " << static_cast<int>(scenario.policy) << ", certificate "
       << static_cast<int>(scenario.certificate);
}

class client_certificate : public testing::TestWithParam<policy_case> {
 protected:
  std::optional<test_support::identity> shown_identity() const {
    switch (GetParam().certificate) {
      case shown::good:
        return files.authority.issue("client");
      case shown::from_elsewhere:
        return test_support::certificate_authority{"elsewhere"}.issue("client");
      case shown::expired:
        return files.authority.issue("client", {-2h, -1h});
      case shown::nothing:
        break;
    }
    return std::nullopt;
  }

  tls_files files;
};

// With TLS 1.3 a client does not hear in its own handshake that it was refused, so the server is
// asked: it decrypts something, or has failed.
TEST_P(client_certificate, is_asked_for_by_the_policy) {
  files.settings.policy = GetParam().policy;
  connected_stream server{make_context(files.settings)};
  memory_client client{shown_identity()};
  exchange(client, server);
  client.send("hello");
  auto const heard = exchange(client, server);
  EXPECT_EQ(heard, GetParam().gets_through ? "hello" : "");
  EXPECT_EQ(server->state() == stream::condition::failed, !GetParam().gets_through);
  EXPECT_EQ(server->has_verified_peer(), GetParam().is_verified);
}

INSTANTIATE_TEST_SUITE_P(
    policies, client_certificate,
    testing::Values(policy_case{client_auth::none, shown::nothing, true, false},
                    policy_case{client_auth::none, shown::good, true, false},
                    policy_case{client_auth::require, shown::nothing, false, false},
                    policy_case{client_auth::require, shown::from_elsewhere, true, false},
                    policy_case{client_auth::require, shown::expired, true, false},
                    policy_case{client_auth::require, shown::good, true, false},
                    policy_case{client_auth::require_verify, shown::nothing, false, false},
                    policy_case{client_auth::require_verify, shown::from_elsewhere, false, false},
                    policy_case{client_auth::require_verify, shown::expired, false, false},
                    policy_case{client_auth::require_verify, shown::good, true, true}));

TEST(client_certificate_failure, says_what_is_wrong) {
  tls_files files;
  files.settings.policy = client_auth::require_verify;
  auto const shared = make_context(files.settings);

  connected_stream first{shared};
  memory_client nobody;
  exchange(nobody, first);
  EXPECT_EQ(first->failure(), "TLS handshake failed - peer did not return a certificate");

  connected_stream second{shared};
  memory_client late{files.authority.issue("client", {-2h, -1h})};
  exchange(late, second);
  EXPECT_EQ(second->failure(),
            "TLS handshake failed - certificate verify failed: certificate has expired");
}

}  // namespace
}  // namespace nsqlookupd::tls::test
