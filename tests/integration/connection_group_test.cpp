// SPDX-License-Identifier: MIT
//
// Stopping's effect on connections, without a server whose end would look the same.
#include <nsqlookupd/net/connection_group.hpp>

#include "eventually.hpp"
#include "file_descriptor.hpp"
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace nsqlookupd::net {
namespace {

using test_support::eventually;
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

// The input that there is; `end` at the end of the input, `nothing` when there may be more later.
std::string read(file_descriptor const& from) {
  std::array<char, 100> bytes{};
  auto const size = ::recv(from.number(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (size < 0) {
    return "nothing";
  }
  return size == 0 ? "end" : std::string{bytes.data(), static_cast<std::size_t>(size)};
}

TEST(connection_group, that_stops_reading_still_reads_what_was_sent_and_writes) {
  connection_group group{{}};
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
  connection_group group{{}};
  connected const one{group};
  connected const other{group};
  group.cut();
  EXPECT_EQ(read(one.server), "end");
  EXPECT_EQ(read(one.client), "end");
  EXPECT_EQ(read(other.client), "end");
}

TEST(connection_group, says_once_that_nobody_is_left) {
  connection_group group{{}};
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

deadline_durations write_timeout(std::chrono::nanoseconds limit) {
  deadline_durations durations{};
  durations[static_cast<std::size_t>(deadline::write)] = limit;
  return durations;
}

constexpr std::chrono::milliseconds short_timeout{1};

// Sweeps until the connection is cut, or `duration` has passed. Its peer takes `bytes` before each.
bool is_cut_within(std::chrono::milliseconds duration, connected& client, std::size_t bytes) {
  auto const end = std::chrono::steady_clock::now() + duration;
  while (!client.group.expired(client.member) && std::chrono::steady_clock::now() < end) {
    client.group.note_sent(client.member, bytes);
    client.group.sweep();
  }
  return client.group.expired(client.member) == deadline::write;
}

TEST(connection_group, cuts_a_few_at_a_time) {
  deadline_durations durations{};
  durations.fill(std::chrono::nanoseconds{1});
  connection_group group{durations};
  std::array<connected, 3> clients{connected{group}, connected{group}, connected{group}};
  for (auto& client : clients) {
    group.arm(client.member, deadline::command);
  }
  EXPECT_TRUE(group.sweep(2));
  auto const cut = [&] {
    return std::ranges::count_if(
        clients, [&](auto const& client) { return group.expired(client.member).has_value(); });
  };
  EXPECT_EQ(cut(), 2);
  EXPECT_FALSE(group.sweep(2));
  EXPECT_EQ(cut(), 3);
}

TEST(connection_group, cuts_a_peer_that_takes_a_reply_byte_by_byte) {
  connection_group group{write_timeout(short_timeout)};
  connected client{group};
  group.arm(client.member, deadline::write);
  // The first sweep after half a second finds 5 KiB missing, however long a sweep takes.
  std::size_t swept = 0;
  EXPECT_TRUE(eventually([&] {
    group.note_sent(client.member, swept % 1000 == 0 ? 1 : 0);
    group.sweep();
    ++swept;
    return group.expired(client.member).has_value();
  }));
}

TEST(connection_group, lets_a_peer_go_on_that_takes_a_reply_fast_enough) {
  connection_group group{write_timeout(short_timeout)};
  connected client{group};
  group.arm(client.member, deadline::write);
  EXPECT_FALSE(is_cut_within(std::chrono::milliseconds{50}, client, 10'000));
  // Now it takes nothing more.
  EXPECT_TRUE(eventually([&] {
    group.sweep();
    return group.expired(client.member).has_value();
  }));
}

}  // namespace
}  // namespace nsqlookupd::net
