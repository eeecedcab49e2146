// SPDX-License-Identifier: MIT
#include "bench_process.hpp"
#include "fake_server.hpp"
#include "temporary_file.hpp"
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace nsqlookupd::e2e {
namespace {

using config::test::temporary_file;
using then = fake_server::then;

std::string const ok{"\0\0\0\2OK", 6};

std::string churn(std::string const& address) {
  return complaint_of({"churn", "--patience=0.3", "--tcp", address});
}

std::string lookup(std::string const& address) {
  return complaint_of({"lookup", "--producers=0", "--patience=0.3", "--http", address});
}

TEST(bench_of_a_broken_server, that_refuses) {
  refusing_port const port;
  auto const complaint = "cannot connect to " + port.address() + ": Connection refused";
  EXPECT_EQ(churn(port.address()), complaint);
  EXPECT_EQ(lookup(port.address()), complaint);
}

TEST(bench_of_a_broken_server, that_cannot_be_reached) {
  dead_port const port;
  EXPECT_EQ(churn(port.address()), "the server has answered nothing for 0.3 s");
  EXPECT_EQ(lookup(port.address()), "the server has answered nothing for 0.3 s");
}

TEST(bench_of_a_broken_server, that_closes_at_once) {
  fake_server const server{"", then::closes};
  auto const complaint = server.address() + " closed the connection before it had answered all";
  EXPECT_EQ(churn(server.address()), complaint);
  EXPECT_EQ(lookup(server.address()), complaint);
}

TEST(bench_of_a_broken_server, that_closes_half_way) {
  fake_server const between_replies{ok, then::closes};
  EXPECT_EQ(churn(between_replies.address()),
            between_replies.address() + " closed the connection before it had answered all");
  fake_server const in_a_reply{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", then::closes};
  EXPECT_EQ(lookup(in_a_reply.address()),
            in_a_reply.address() + " closed the connection before it had answered all");
}

TEST(bench_of_a_broken_server, that_falls_silent_half_way) {
  fake_server const between_replies{ok, then::is_silent};
  EXPECT_EQ(churn(between_replies.address()), "the server has answered nothing for 0.3 s");
  fake_server const in_a_reply{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", then::is_silent};
  EXPECT_EQ(lookup(in_a_reply.address()), "the server has answered nothing for 0.3 s");
}

TEST(bench_of_a_broken_server, that_answers_with_errors) {
  fake_server const producer{std::string{"\0\0\0\x9", 4} + "E_INVALID", then::is_silent};
  EXPECT_EQ(churn(producer.address()), producer.address() + " answered E_INVALID");
  fake_server const consumer{"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", then::is_silent};
  EXPECT_EQ(lookup(consumer.address()),
            consumer.address() + ": the server answered HTTP/1.1 503 Busy");
}

TEST(bench_of_a_broken_server, that_speaks_something_else) {
  fake_server const server{"SSH-2.0-OpenSSH_9.2\r\n", then::is_silent};
  EXPECT_EQ(churn(server.address()),
            server.address() + " does not speak nsqlookupd's TCP protocol");
  EXPECT_EQ(lookup(server.address()), server.address() + ": the server does not speak HTTP");
}

std::string compare(std::string const& server) {
  return complaint_of({"compare", "--tiny", "--rounds=1", "--patience=0.3", "--server", server});
}

TEST(bench_of_a_broken_server, that_is_not_there) {
  EXPECT_EQ(compare("/nowhere/nsqlookupd"),
            "nsqlookupd, churn: cannot start /nowhere/nsqlookupd: No such file or directory");
}

TEST(bench_of_a_broken_server, that_is_no_program) {
  temporary_file const file{"text"};
  auto const name = std::filesystem::path{file.path()}.filename().string();
  EXPECT_EQ(compare(file.path()),
            name + ", churn: cannot start " + file.path() + ": Permission denied");
}

TEST(bench_of_a_broken_server, that_ends_at_once) {
  EXPECT_EQ(compare("bad=/bin/false"),
            "bad, churn: /bin/false ended before it listened, with exit status 1");
}

TEST(bench_of_a_broken_server, that_does_not_take_its_flags) {
  std::string const binary = NSQLOOKUPD_BINARY;
  EXPECT_EQ(compare("bad=" + binary + " -nope"),
            "bad, churn: " + binary +
                " ended before it listened, with exit status 2: flag provided but not defined: "
                "-nope");
}

TEST(bench_of_a_broken_server, that_found_a_port_taken_is_started_again) {
  temporary_file const script{
      "#!/bin/sh\n"
      "if mkdir \"$0.d\"; then echo 'listen failed - Address already in use'; exit 1; fi 2>&-\n"
      "rmdir \"$0.d\"; echo again; exit 1\n"};
  std::filesystem::permissions(script.path(), std::filesystem::perms::owner_all);
  EXPECT_EQ(
      compare("bad=" + script.path()),
      "bad, churn: " + script.path() + " ended before it listened, with exit status 1: again");
}

TEST(bench_of_a_broken_server, that_never_listens) {
  temporary_file const script{"#!/bin/sh\nexec sleep 60\n"};
  std::filesystem::permissions(script.path(), std::filesystem::perms::owner_all);
  auto const complaint = compare("bad=" + script.path());
  EXPECT_TRUE(complaint.starts_with("bad, churn: " + script.path() + " does not listen on 127."))
      << complaint;
  EXPECT_TRUE(complaint.ends_with(" after 0.3 s")) << complaint;
}

}  // namespace
}  // namespace nsqlookupd::e2e
