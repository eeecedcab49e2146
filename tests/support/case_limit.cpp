// SPDX-License-Identifier: MIT
//
// Ends a test program whose current case hangs, and names the case: ctest knows only the program.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <string>

namespace nsqlookupd::test_support {
namespace {

// Seconds. Less than ctest gives any program.
constexpr unsigned limit = 280;

std::array<char, 300> message;
std::size_t message_size = 0;

void end_with_message(int) {
  static_cast<void>(::write(STDERR_FILENO, message.data(), message_size));
  std::abort();
}

class case_limit : public testing::EmptyTestEventListener {
 public:
  void OnTestProgramStart(testing::UnitTest const&) override {
    static_cast<void>(std::signal(SIGALRM, end_with_message));
  }

  void OnTestStart(testing::TestInfo const& test) override {
    auto const text = std::string{test.test_suite_name()} + '.' + test.name() +
                      " has not ended after " + std::to_string(limit) + " s\n";
    message_size = text.copy(message.data(), message.size());
    ::alarm(limit);
  }

  void OnTestEnd(testing::TestInfo const&) override { ::alarm(0); }
};

[[maybe_unused]] auto const* const added = [] {
  auto* const listener = new case_limit;
  testing::UnitTest::GetInstance()->listeners().Append(listener);
  return listener;
}();

}  // namespace
}  // namespace nsqlookupd::test_support
