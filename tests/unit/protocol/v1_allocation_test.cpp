// SPDX-License-Identifier: MIT
//
// The commands that nsqd repeats all day take no memory.
#include <nsqlookupd/protocol/v1_session.hpp>

#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

namespace {

std::size_t allocations = 0;

void* allocate(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) {
    return memory;
  }
  throw std::bad_alloc{};
}

}  // namespace

void* operator new(std::size_t size) {
  return allocate(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace nsqlookupd::protocol {
namespace {

class v1_allocation : public testing::Test {
 protected:
  session_settings settings;
  registry::registration_db db;
  v1_session session{settings, "10.0.0.1:5000"};
  std::string replies;

  void SetUp() override {
    replies.reserve(1000);
    send(test_support::identify() + "REGISTER topic channel\n");
  }

  void send(std::string_view bytes) {
    ASSERT_EQ(session.consume(bytes, db, {}, replies, 1000).consumed, bytes.size());
  }

  std::size_t allocations_for(std::string_view bytes) {
    replies.clear();
    auto const before = allocations;
    send(bytes);
    return allocations - before;
  }
};

TEST_F(v1_allocation, happens_not_for_what_is_repeated) {
  for (std::string_view const line : {"PING\n", "REGISTER topic channel\n", "REGISTER topic\n",
                                      "UNREGISTER nosuch channel\n", "UNREGISTER nosuch\n"}) {
    EXPECT_EQ(allocations_for(line), 0U) << line;
  }
  EXPECT_GT(allocations_for("REGISTER another_topic\n"), 0U);
}

}  // namespace
}  // namespace nsqlookupd::protocol
