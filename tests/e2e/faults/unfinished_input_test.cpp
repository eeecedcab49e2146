// SPDX-License-Identifier: MIT
//
// Ten thousand clients that each send all but the last byte of the largest body or line.
#include "besieged_server.hpp"
#include "eventually.hpp"
#include "many_descriptors.hpp"
#include "process_memory.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::lookup_client;

constexpr std::size_t mib = std::size_t{1} << 20U;
constexpr std::string_view refusal = "E_INVALID too much unfinished input is held already";

// A client that was refused need not send the rest.
void send_unless_refused(lookup_client const& client, std::string_view bytes) {
  if (client.is_readable()) {
    return;
  }
  try {
    client.send(bytes);
  } catch (std::system_error const&) {
    EXPECT_TRUE(client.is_readable());
  }
}

class unfinished_input {
 public:
  explicit unfinished_input(std::string bytes) : bytes_{std::move(bytes)} {
    producer_.identify();
    come();
  }

  // Everybody sends a piece, and then the next.
  void come() {
    std::size_t const count = clients_up_to(10'000);
    clients_.reserve(count);
    while (clients_.size() < count) {
      clients_.push_back(besieged_.client());
    }
    constexpr std::size_t piece = std::size_t{64} << 10U;
    for (std::string_view rest{bytes_}; !rest.empty();
         rest.remove_prefix(std::min(piece, rest.size()))) {
      for (auto const& client : clients_) {
        send_unless_refused(client, rest.substr(0, piece));
      }
      besieged_.expect_service();
    }
  }

  // The server's memory when it has noticed that they are gone.
  double leave() {
    clients_.clear();
    EXPECT_TRUE(test_support::eventually(
        [&] { return besieged_.metric("nsqlookupd_tcp_connections") == 2; }));
    return resident_mib(besieged_.server().process().id());
  }

  [[nodiscard]] besieged_server& besieged() noexcept { return besieged_; }

  // Sends the last byte for everybody, and returns how many were refused.
  std::size_t finish(std::string_view last_byte, std::string_view reply) {
    std::size_t refused = 0;
    for (auto& client : clients_) {
      send_unless_refused(client, last_byte);
      auto const answer = client.receive_frame();
      refused += answer == refusal ? 1 : 0;
      EXPECT_TRUE(answer == refusal || answer.starts_with(reply)) << answer;
    }
    return refused;
  }

  [[nodiscard]] std::size_t size() const noexcept { return clients_.size(); }

  // A producer may always hold a line.
  void expect_producer_served() {
    producer_.send("PING" + std::string(4000, ' '));
    besieged_.expect_service();
    EXPECT_FALSE(producer_.is_readable());
    producer_.send("\n");
    EXPECT_EQ(producer_.receive_frame(), "OK");
  }

  void expect_recovery(fault_cost const& limit) {
    leave();
    besieged_.expect_recovery(limit);
    besieged_.expect_good_end();
  }

 private:
  std::string bytes_;
  besieged_server besieged_{{.flags = {"-handshake-timeout=5m"}}};
  lookup_client producer_{besieged_.client()};
  std::vector<lookup_client> clients_;
};

TEST(fault, bodies_of_10000_clients_are_held_up_to_a_limit) {
  std::string const body = test_support::identity_of("10.0.0.1")
                               .append(mib - test_support::identity_of("10.0.0.1").size(), ' ');
  auto const whole = test_support::identify(body);
  unfinished_input input{whole.substr(0, whole.size() - 1)};
  input.expect_producer_served();
  auto const refused = input.finish(" ", "{");
  EXPECT_GT(refused, input.size() - 300);
  EXPECT_LT(refused, input.size());
  EXPECT_TRUE(input.besieged().log().wait_for("(-max-input-memory)"));
  input.expect_recovery(
      {.most_mib = 256 + 80, .left_mib = 80, .log_lines = 8 * input.size() + 100});
}

// The heap keeps the room of ten thousand clients' small objects, for the next.
TEST(fault, lines_of_10000_clients_are_held_in_memory_that_is_used_again) {
  unfinished_input input{std::string(4096, 'x')};
  input.expect_producer_served();
  EXPECT_EQ(input.finish("\n", "E_INVALID invalid command xxx"), 0);
  // The allocator gives some of it back to the system, or not; others may have it in any case.
  input.leave();
  auto const most = most_resident_mib(input.besieged().server().process().id());
  for (int count = 0; count < 2; ++count) {
    input.come();
    EXPECT_LE(input.leave(), most + bound_here(4));
  }
  // 10,000 lines of 4 KiB.
  input.expect_recovery({.most_mib = 96, .left_mib = 96, .log_lines = 240'000});
}

}  // namespace
}  // namespace nsqlookupd::e2e
