// SPDX-License-Identifier: MIT
#include <nsqlookupd/profiling/symbol_table.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>

namespace nsqlookupd::profiling {
namespace {

[[gnu::noinline]] void some_function(int& value) {
  value += 1;
  asm volatile("" : : : "memory");
}

template <class Function>
std::uintptr_t address_of(Function* function) {
  return reinterpret_cast<std::uintptr_t>(function);
}

TEST(symbol_table, knows_functions_that_are_not_exported) {
  int value = 0;
  some_function(value);
  symbol_table const names;
  auto const expected = "nsqlookupd::profiling::(anonymous namespace)::some_function(int&)";
  EXPECT_EQ(names.name_of(address_of(some_function)), expected);
  EXPECT_EQ(names.name_of(address_of(some_function) + 1), expected);
}

TEST(symbol_table, knows_what_libraries_export) {
  symbol_table const names;
  EXPECT_EQ(names.name_of(address_of(&std::getenv)), "getenv");
}

TEST(symbol_table, has_no_name_where_there_is_no_function) {
  symbol_table const names;
  int on_the_stack = 0;
  EXPECT_EQ(names.name_of(0), "");
  EXPECT_EQ(names.name_of(UINTPTR_MAX), "");
  EXPECT_EQ(names.name_of(reinterpret_cast<std::uintptr_t>(&on_the_stack)), "");
}

}  // namespace
}  // namespace nsqlookupd::profiling
