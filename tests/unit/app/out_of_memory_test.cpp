// SPDX-License-Identifier: MIT
#include "process_state.hpp"
#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <cstdint>
#include <new>

namespace nsqlookupd {
namespace {

using log::line_format;
using testing::ExitedWithCode;

constexpr auto in_text = "^\\[a-registry\\] [0-9/]{10} [0-9:.]{15} FATAL: out of memory: [^\n]*\n$";

TEST(out_of_memory_test, ends_the_process_with_one_line) {
  EXPECT_EXIT(
      {
        end_when_out_of_memory(line_format::text, "[a-registry] ");
        std::get_new_handler()();
      },
      ExitedWithCode(1), in_text);
}

TEST(out_of_memory_test, is_told_as_the_log_is_written) {
  EXPECT_EXIT(
      {
        end_when_out_of_memory(line_format::text, "before");
        end_when_out_of_memory(line_format::json, "[a-registry] ");
        std::get_new_handler()();
      },
      ExitedWithCode(1), "^\\{[^\n]*\"out of memory: [^\n]*\\}\n$");
}

#ifndef NSQLOOKUPD_SANITIZED
// Sanitizers take so large a block for a mistake.
constexpr auto too_much = static_cast<std::size_t>(PTRDIFF_MAX) / 2;

TEST(out_of_memory_test, is_noticed_by_operator_new) {
  EXPECT_EXIT(
      {
        end_when_out_of_memory(line_format::text, "[a-registry] ");
        static_cast<void>(::operator new(too_much));
      },
      ExitedWithCode(1), in_text);
}

TEST(out_of_memory_test, is_noticed_by_openssl) {
  EXPECT_EXIT(
      {
        end_when_out_of_memory(line_format::text, "[a-registry] ");
        static_cast<void>(OPENSSL_malloc(too_much));
      },
      ExitedWithCode(1), in_text);
  EXPECT_EXIT(
      {
        end_when_out_of_memory(line_format::text, "[a-registry] ");
        static_cast<void>(OPENSSL_realloc(OPENSSL_malloc(1), too_much));
      },
      ExitedWithCode(1), in_text);
}
#endif

}  // namespace
}  // namespace nsqlookupd
