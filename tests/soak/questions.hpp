// SPDX-License-Identifier: MIT
#pragma once

#include "http_client.hpp"
#include "model.hpp"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nsqlookupd::soak {

/// The server said something else than the model.
class wrong_answer : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws wrong_answer, in one line that shows where they differ, unless they are equal.
void expect_equal(std::string_view description, std::string_view got, std::string_view expected);

/// Asks over HTTP and compares with the model. Everything throws wrong_answer.
class questions {
 public:
  questions(std::uint16_t port, model const& expected) : port_{port}, model_{expected} {}

  /// A request with a known answer.
  void expect(std::string_view method, std::string const& target, int status,
              std::string_view body);

  void check_topics();
  void check_channels(std::string const& topic);
  void check_lookup(std::string const& topic);
  void check_nodes();
  void check_debug();
  /// All of them, for each topic.
  void check_everything();

  /// Runs `check()` again and again until it throws no wrong_answer; throws the last one when time
  /// is up.
  template <class Check>
  void settle(Check const& check) {
    auto const until = test_support::give_up_at();
    while (true) {
      bool const is_last = std::chrono::steady_clock::now() > until;
      try {
        check();
        return;
      } catch (wrong_answer const&) {
        if (is_last) {
          throw;
        }
      }
    }
  }

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  test_support::http_reply ask(std::string_view method, std::string const& target);

  std::uint16_t port_;
  model const& model_;
  std::unique_ptr<test_support::http_client> client_;
  std::uint64_t count_ = 0;
};

}  // namespace nsqlookupd::soak
