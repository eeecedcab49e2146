// SPDX-License-Identifier: MIT
//
// What stopping does to connections, without a server whose end would look the same.
#include <nsqlookupd/net/connection_group.hpp>

#include "file_descriptor.hpp"
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <string_view>

namespace nsqlookupd::net {
namespace {

using test_support::file_descriptor;

// A connection that was accepted, and its client.
struct connected {
  explicit connected(connection_group& own_group) : group{own_group} {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
    client = file_descriptor{ends[0]};
    server = file_descriptor{ends[1]};
    member.descriptor = server.number();
    group.join(member);
  }
  connected(connected const&) = delete;
  connected& operator=(connected const&) = delete;
  ~connected() { group.leave(member); }

  connection_group& group;
  file_descriptor client;
  file_descriptor server;
  group_member member;
};

void send(file_descriptor const& from, std::string_view bytes) {
  EXPECT_EQ(::send(from.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
}

// What there is to read; `end` at the end of the input, `nothing` when there may be more later.
std::string read(file_descriptor const& from) {
  std::array<char, 100> bytes{};
  auto const size = ::recv(from.number(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (size < 0) {
    return "nothing";
  }
  return size == 0 ? "end" : std::string{bytes.data(), static_cast<std::size_t>(size)};
}

TEST(connection_group, that_stops_reading_still_reads_what_was_sent_and_writes) {
  connection_group group{{}, 0};
  connected const before{group};
  send(before.client, "PING");
  group.stop_reading();
  EXPECT_TRUE(group.stopping());
  EXPECT_EQ(read(before.server), "PING");
  EXPECT_EQ(read(before.server), "end");
  send(before.server, "OK");
  EXPECT_EQ(read(before.client), "OK");
  EXPECT_EQ(read(before.client), "nothing");

  connected const later{group};
  EXPECT_EQ(read(later.server), "end");
}

TEST(connection_group, that_cuts_ends_both_directions) {
  connection_group group{{}, 0};
  connected const one{group};
  connected const other{group};
  group.cut();
  EXPECT_EQ(read(one.server), "end");
  EXPECT_EQ(read(one.client), "end");
  EXPECT_EQ(read(other.client), "end");
}

TEST(connection_group, says_once_that_nobody_is_left) {
  connection_group group{{}, 0};
  int calls = 0;
  {
    connected const one{group};
    connected const other{group};
    group.on_empty([&] { ++calls; });
    EXPECT_EQ(group.size(), 2);
    EXPECT_EQ(calls, 0);
  }
  EXPECT_EQ(calls, 1);
  {
    connected const again{group};
  }
  EXPECT_EQ(calls, 1);
  group.on_empty([&] { ++calls; });
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace nsqlookupd::net
