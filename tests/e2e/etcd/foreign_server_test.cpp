// SPDX-License-Identifier: MIT
#include "foreign_server.hpp"

#include "client_under_test.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace nsqlookupd::etcd::test {
namespace {

// The error of a request that this server answers.
boost::system::error_code error_with(std::string const& answer, std::string* failure = nullptr) {
  event_loop loop;
  foreign_server const server{loop.io, answer};
  etcd::client client{loop.io, settings_for({server.url()})};
  auto const done = loop.wait(client.range("a", {}, 0));
  if (failure != nullptr) {
    *failure = client.last_failure();
  }
  return done ? boost::system::error_code{} : done.error();
}

TEST(etcd_foreign_server, is_told_from_etcd) {
  for (auto const& answer :
       {http_text("200 OK", "<html>It works!</html>"), http_text("200 OK", ""),
        http_text("200 OK", "{}"), http_text("404 Not Found", "404 page not found"),
        http_text("301 Moved Permanently", ""), std::string{"SSH-2.0-OpenSSH_9.2\r\n\r\n"},
        std::string{"HTTP/1.1 200 OK\r\nContent-Length: 67108865\r\n\r\n"}}) {
    EXPECT_EQ(error_with(answer), errc::bad_answer) << answer;
  }
}

TEST(etcd_foreign_server, is_named_with_its_answer) {
  std::string failure;
  error_with(http_text("404 Not Found", "no such\r\npage"), &failure);
  EXPECT_TRUE(failure.starts_with("http://127.0.0.1:")) << failure;
  EXPECT_TRUE(failure.ends_with(": the answer is none of etcd's: HTTP status 404, no such  page"))
      << failure;
}

TEST(etcd_foreign_server, opens_no_watch) {
  event_loop loop;
  foreign_server const page{loop.io, http_text("200 OK", "<html>It works!</html>\n")};
  foreign_server const missing{loop.io, http_text("404 Not Found", "404")};
  foreign_server const empty{loop.io, http_text("200 OK", "")};
  for (auto const* const server : {&page, &missing}) {
    etcd::client client{loop.io, settings_for({server->url()})};
    EXPECT_EQ(loop.wait(client.open_watch("a", 0)).error(), errc::bad_answer);
  }
  etcd::client client{loop.io, settings_for({empty.url()})};
  EXPECT_EQ(loop.wait(client.open_watch("a", 0)).error(), errc::unreachable);
}

TEST(etcd_foreign_server, is_too_old) {
  EXPECT_FALSE(error_with(http_text("200 OK", R"({"header":{"revision":"1"}})")));
  event_loop loop;
  foreign_server const server{
      loop.io, http_text("200 OK", R"({"etcdserver":"3.3.27","etcdcluster":"3.3.0"})")};
  etcd::client client{loop.io, settings_for({server.url()})};
  EXPECT_EQ(loop.wait(client.check_version()).error(), errc::too_old);
  EXPECT_EQ(client.last_failure(), server.url() + ": etcd is older than 3.4");
}

TEST(etcd_foreign_server, that_is_silent_costs_the_time_for_a_request) {
  event_loop loop;
  foreign_server const silent{loop.io, {}};
  for (std::string const scheme : {"http", "https"}) {
    auto settings = settings_for({silent.url(scheme)});
    settings.request_timeout = std::chrono::milliseconds{50};
    etcd::client client{loop.io, std::move(settings)};
    EXPECT_EQ(loop.wait(client.check_version()).error(), errc::timed_out);
    EXPECT_EQ(loop.wait(client.open_watch("a", 0)).error(), errc::timed_out);
    EXPECT_EQ(client.last_failure(), silent.url(scheme) + ": etcd did not answer in time");
  }
}

TEST(etcd_foreign_server, that_speaks_no_tls_is_told) {
  event_loop loop;
  foreign_server const plain{loop.io, http_text("400 Bad Request", "")};
  etcd::client client{loop.io, settings_for({plain.url("https")})};
  EXPECT_EQ(loop.wait(client.check_version()).error(), errc::tls_failed);
}

TEST(etcd_foreign_server, with_a_line_that_is_too_long_is_left) {
  event_loop loop;
  std::string const opening = R"({"result":{"header":{"revision":"1"},"created":true}})";
  std::string answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n36\r\n";
  // A chunk of 64 MiB and some bytes.
  answer += opening + "\n\r\n4000010\r\n" + std::string(0x4000010, 'x') + "\r\n";
  foreign_server const server{loop.io, answer};
  etcd::client client{loop.io, settings_for({server.url()})};
  auto const opened = loop.wait(client.open_watch("a", 0));
  ASSERT_TRUE(opened);
  EXPECT_EQ(loop.wait((*opened)->next()).error(), errc::bad_answer);
  EXPECT_EQ(client.last_failure(), server.url() + ": a line of the watch is too long");
}

}  // namespace
}  // namespace nsqlookupd::etcd::test
