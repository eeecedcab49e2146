// SPDX-License-Identifier: MIT
#include "client_under_test.hpp"
#include "scratch_directory.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace nsqlookupd::etcd::test {
namespace {

using test_support::etcd_process;
using test_support::scratch_directory;

class etcd_auth : public testing::Test {
 protected:
  etcd_auth() {
    etcd.enable_auth("secret");
    directory.write("password", "secret\n");
  }

  [[nodiscard]] etcd::settings settings(std::string user = "root") const {
    auto made = settings_for(etcd.urls());
    made.user = std::move(user);
    made.password_file = directory.path("password");
    return made;
  }

  // One of root's.
  [[nodiscard]] std::string token(std::string const& password) const {
    auto const answer =
        etcd.post("/v3/auth/authenticate", R"({"name":"root","password":")" + password + "\"}");
    std::string const name = "\"token\":\"";
    auto const begin = answer.find(name) + name.size();
    return answer.substr(begin, answer.find('"', begin) - begin);
  }

  // It ends all tokens of the user.
  void change_password(std::string const& from, std::string const& to) const {
    auto const changed = etcd.post("/v3/auth/user/changepw",
                                   R"({"name":"root","password":")" + to + "\"}", token(from));
    ASSERT_EQ(changed.find("error"), std::string::npos) << changed;
    directory.write("password", to);
  }

  etcd_process etcd;
  scratch_directory directory;
};

TEST_F(etcd_auth, takes_a_user_with_the_password) {
  client_under_test under_test{settings()};
  under_test.put("a", "1");
  EXPECT_EQ(under_test.get("a"), "1");
  auto const watch = under_test.open_watch("a", 0);
  under_test.put("a", "2");
  EXPECT_EQ(under_test.next_events(*watch).at(0).entry.value, "2");
  EXPECT_EQ(under_test.attempts.at(0), "authenticate ok");
  EXPECT_EQ(under_test.attempts.size(), 5U);
}

TEST_F(etcd_auth, refuses_others) {
  client_under_test nobody{settings_for(etcd.urls())};
  EXPECT_EQ(nobody.error_of(nobody.client.range("a", {}, 0)), errc::refused);
  EXPECT_EQ(nobody.error_of(nobody.client.open_watch("a", 0)), errc::refused);
  EXPECT_EQ(nobody.attempts.size(), 2U);
  client_under_test stranger{settings("joe")};
  EXPECT_EQ(stranger.error_of(stranger.client.range("a", {}, 0)), errc::refused);
  EXPECT_EQ(stranger.client.last_failure(),
            etcd.url() + ": etcdserver: authentication failed, invalid user ID or password");
}

TEST_F(etcd_auth, refuses_what_a_user_may_not) {
  ASSERT_EQ(etcd.post("/v3/auth/user/add", R"({"name":"joe","password":"secret"})", token("secret"))
                .find("error"),
            std::string::npos);
  client_under_test under_test{settings("joe")};
  EXPECT_EQ(under_test.error_of(under_test.client.range("a", {}, 0)), errc::refused);
  EXPECT_EQ(under_test.error_of(under_test.client.open_watch("a", 0)), errc::refused);
  EXPECT_TRUE(under_test.client.last_failure().ends_with("permission denied"));
}

TEST_F(etcd_auth, reads_the_password_anew) {
  directory.write("password", "wrong");
  client_under_test under_test{settings()};
  EXPECT_EQ(under_test.error_of(under_test.client.range("a", {}, 0)), errc::refused);
  directory.write("password", "secret");
  EXPECT_TRUE(under_test.wait(under_test.client.range("a", {}, 0)));
}

TEST_F(etcd_auth, names_a_password_file_that_cannot_be_read) {
  auto broken = settings();
  broken.password_file = directory.path("none");
  client_under_test under_test{broken};
  EXPECT_EQ(under_test.error_of(under_test.client.range("a", {}, 0)), errc::refused);
  EXPECT_EQ(under_test.client.last_failure(),
            "cluster-etcd-password-file " + broken.password_file + ": No such file or directory");
}

TEST_F(etcd_auth, asks_for_another_token) {
  client_under_test under_test{settings()};
  under_test.put("a", "1");
  change_password("secret", "second");
  EXPECT_EQ(under_test.get("a"), "1");
  change_password("second", "third");
  EXPECT_TRUE(under_test.open_watch("a", 0));
  EXPECT_EQ(
      under_test.attempts,
      (std::vector<std::string>{"authenticate ok", "txn ok", "range refused", "authenticate ok",
                                "range ok", "watch refused", "authenticate ok", "watch ok"}));
}

// A token has the index of the log at which it was made; etcd waits until it is there.
TEST_F(etcd_auth, asks_for_another_token_when_etcd_has_lost_its_data) {
  client_under_test writer{settings()};
  for (int index = 0; index < 50; ++index) {
    writer.put("a", "1");
  }
  auto impatient = settings();
  impatient.request_timeout = std::chrono::seconds{1};
  client_under_test under_test{impatient};
  auto const until = test_support::give_up_at();
  auto const gets_through = [&] {
    result<std::int64_t> done = errc::timed_out;
    while (!done && std::chrono::steady_clock::now() < until) {
      done = under_test.wait(under_test.client.commit({operation::put("a", "2")}));
    }
    return done.has_value();
  };
  EXPECT_TRUE(gets_through());
  etcd.wipe();
  etcd.enable_auth("secret");
  EXPECT_TRUE(gets_through());
}

TEST_F(etcd_auth, is_not_needed_where_it_is_off) {
  etcd_process const open;
  auto for_open = settings();
  for_open.endpoints = settings_for(open.urls()).endpoints;
  client_under_test under_test{for_open};
  under_test.put("a", "1");
  open.enable_auth("secret");
  EXPECT_EQ(under_test.get("a"), "1");
}

}  // namespace
}  // namespace nsqlookupd::etcd::test
