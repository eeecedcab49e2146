// SPDX-License-Identifier: MIT
//
// Memory that cannot be had: the process either serves on as ever or ends with one line and exit
// code 1. It never lives on half dead.
#include "eventually.hpp"
#include "file_descriptor.hpp"
#include "log_watch.hpp"
#include "lookup_client.hpp"
#include "process_memory.hpp"
#include "server_process.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::lookup_client;
using test_support::tcp_client;

constexpr auto last_line = "FATAL: out of memory: the process ends, to be started again";

void expect_clean_end(server_process& server, log_watch& log) {
  EXPECT_EQ(server.process().wait(), EXIT_FAILURE);
  log.wait_for_end();
  EXPECT_EQ(log.count(last_line), 1U);
  EXPECT_EQ(log.count("FATAL"), 1U);
  EXPECT_EQ(log.foreign_lines(), "");
}

// The variables of failing_new.cpp.
class memory_switch {
 public:
  memory_switch() : file_{::memfd_create("memory", MFD_CLOEXEC)} {
    if (file_.number() == -1 || ::ftruncate(file_.number(), sizeof(std::int64_t)) == -1) {
      throw std::system_error{errno, std::generic_category(), "memfd_create"};
    }
  }

  [[nodiscard]] std::string path() const {
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(file_.number());
  }

  /// Grants so many allocations, and no more after them.
  void grant(std::int64_t allocations) const {
    auto const written = allocations + 1;
    if (::pwrite(file_.number(), &written, sizeof written, 0) != sizeof written) {
      throw std::system_error{errno, std::generic_category(), "pwrite"};
    }
  }

 private:
  test_support::file_descriptor file_;
};

std::string sanitizer_options() {
  char const* const before = std::getenv("ASAN_OPTIONS");
  // Its operator new is not the one that is used.
  return std::string{before == nullptr ? "" : before} +
         ":verify_asan_link_order=0:alloc_dealloc_mismatch=0";
}

server_start with_memory_from(memory_switch const& source) {
  return {.variables = {"LD_PRELOAD=" FAILING_NEW, "FAIL_NEW_SWITCH=" + source.path(),
                        "ASAN_OPTIONS=" + sanitizer_options()}};
}

// Clients of every kind, for as long as there is somebody to serve them.
void use_up_memory(server_process const& server) {
  try {
    for (int number = 0; number < 10'000; ++number) {
      auto const name = "a-topic-with-a-long-name-" + std::to_string(number);
      auto producer = server.lookup_client();
      producer.identify();
      producer.command("REGISTER " + name + " c#ephemeral");
      auto consumer = server.http_client();
      consumer.get("/lookup?topic=" + name);
      consumer.get("/nodes");
      consumer.get("/debug");
      consumer.post("/topic/delete?topic=" + name);
      producer.command("UNREGISTER " + name);
    }
  } catch (std::exception const&) {
    return;
  }
  ADD_FAILURE() << "served 10,000 producers without memory";
}

TEST(fault, memory_that_cannot_be_had_ends_the_process_with_one_line) {
  // Where it runs out differs: accepting, a session's frames, a command, an answer, a line.
  for (std::int64_t allocations = 0; allocations < 40; ++allocations) {
    SCOPED_TRACE(allocations);
    memory_switch const memory;
    server_process server{with_memory_from(memory)};
    log_watch log{server.process().error_pipe()};
    auto producer = server.lookup_client();
    producer.identify();
    EXPECT_EQ(producer.command("REGISTER t c"), "OK");
    memory.grant(allocations * 3);
    use_up_memory(server);
    expect_clean_end(server, log);
  }
}

#ifndef NSQLOOKUPD_SANITIZED
// Sanitizers have reserved terabytes by then.
constexpr int producers = 300;
constexpr int strangers = 1'500;

void limit_address_space(pid_t process, rlimit const& limit) {
  if (::prlimit(process, RLIMIT_AS, &limit, nullptr) != 0 && errno != ESRCH) {
    throw std::system_error{errno, std::generic_category(), "prlimit"};
  }
}

// Half a command each, held until they are dropped.
std::vector<tcp_client> crowd_in(server_process const& server, std::size_t size) {
  std::vector<tcp_client> clients;
  try {
    while (clients.size() < strangers) {
      clients.emplace_back(server.tcp_port()).send("  V1" + std::string(size, 'x'));
    }
  } catch (std::system_error const&) {
    // It has ended.
  }
  return clients;
}

// True when the server serves whoever comes, and lists nobody who has left; false when it has
// ended.
bool serves_on(server_process const& server) {
  try {
    EXPECT_EQ(server.lookup_client().command("PING"), "OK");
    auto consumer = server.http_client();
    EXPECT_EQ(consumer.get("/ping").body, "OK");
    EXPECT_TRUE(test_support::eventually([&] {
      return consumer.get("/lookup?topic=t").body == R"({"channels":["c"],"producers":[]})";
    }));
    return true;
  } catch (std::exception const&) {
    return false;
  }
}

void run_out_of_address_space(std::size_t size) {
  SCOPED_TRACE(size);
  server_process server;
  log_watch log{server.process().error_pipe()};
  auto const process = server.process().id();
  std::vector<lookup_client> registered;
  while (registered.size() < producers) {
    registered.push_back(server.lookup_client());
    registered.back().identify();
    EXPECT_EQ(registered.back().command("REGISTER t c"), "OK");
  }
  rlimit before{};
  ASSERT_EQ(::prlimit(process, RLIMIT_AS, nullptr, &before), 0);
  auto const size_now = static_cast<rlim_t>(virtual_mib(process) * 1024 * 1024);
  limit_address_space(process, {size_now + 512 * 1024, before.rlim_max});
  auto crowd = crowd_in(server, size);
  registered.clear();
  limit_address_space(process, before);
  if (serves_on(server)) {
    EXPECT_EQ(server.stop(), EXIT_SUCCESS);
    log.wait_for_end();
    EXPECT_EQ(log.count("FATAL"), 0U);
    EXPECT_EQ(log.foreign_lines(), "");
  } else {
    expect_clean_end(server, log);
  }
}

TEST(fault, memory_that_the_machine_does_not_have_ends_the_process_or_nothing) {
  for (int round = 0; round < 8; ++round) {
    run_out_of_address_space(20);
    run_out_of_address_space(4'000);
  }
}
#endif

}  // namespace
}  // namespace nsqlookupd::e2e
