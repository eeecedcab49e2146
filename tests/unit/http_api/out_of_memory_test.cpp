// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>

namespace {

/// The allocation of this number fails, counted from 1; 0: none does.
int failing_allocation = 0;

void* allocate(std::size_t size) {
  if (failing_allocation > 0 && --failing_allocation == 0) {
    throw std::bad_alloc{};
  }
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

namespace nsqlookupd::http_api {
namespace {

// Whichever allocation fails, the answer is complete: either right or INTERNAL_ERROR.
void expect_whole_answers(world& here, std::string const& target) {
  SCOPED_TRACE(target);
  auto const right = here.get(target);
  bool failed = false;
  bool ended = false;
  for (int number = 1; number < 1000 && !ended; ++number) {
    here.kept = {};
    failing_allocation = number;
    auto const what = here.ask_for_shared("GET", target);
    ended = failing_allocation > 0;
    failing_allocation = 0;
    if (what.status == 500) {
      failed = true;
      EXPECT_EQ(what.text(), R"({"message":"INTERNAL_ERROR"})");
      EXPECT_TRUE(what.nsq_content_type);
    } else {
      EXPECT_EQ(what.text(), right.body);
    }
  }
  EXPECT_TRUE(failed);
  EXPECT_TRUE(ended);
}

TEST(out_of_memory, is_an_internal_error) {
  world here;
  here.db.register_producer(here.add_to("topic", "a-long-enough-name.example"), "topic", "channel");
  for (auto const* const target :
       {"/lookup?topic=topic", "/lookup?topic=*", "/topics", "/channels?topic=*", "/nodes",
        "/debug", "/debug/pprof", "/nosuch", "/%6cookup?topic=%74opic&%74opics-with-a-long-name",
        "/lookup/?topic=a-long-enough-name", "/create_topic?topic=topic"}) {
    expect_whole_answers(here, target);
  }
}

}  // namespace
}  // namespace nsqlookupd::http_api
