// SPDX-License-Identifier: MIT
//
// A wall clock that is set while the server runs, as NTP does after a bad start.
#include "besieged_server.hpp"
#include "scratch_directory.hpp"
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::http_client;

// A topic whose producers are all left out.
constexpr std::string_view hidden_answer = R"({"channels":[],"producers":[]})";

class wall_clock : public testing::TestWithParam<std::string> {
 protected:
  void set() { directory.write("seconds", GetParam()); }

  [[nodiscard]] std::vector<std::string> variables() const {
    char const* const before = std::getenv("ASAN_OPTIONS");
    return {"LD_PRELOAD=" CHANGED_CLOCK, "CHANGED_CLOCK=" + directory.path("seconds"),
            std::string{"ASAN_OPTIONS="} + (before == nullptr ? "" : before) +
                ":verify_asan_link_order=0"};
  }

  test_support::scratch_directory directory;
  besieged_server besieged{{.variables = variables()}};
  http_client consumer = besieged.http_client();
};
INSTANTIATE_TEST_SUITE_P(by, wall_clock, testing::Values("86400", "-86400"), [](auto const& step) {
  return std::string{step.param == "86400" ? "a_day" : "a_day_back"};
});

// The value of a reply's Date.
std::time_t date_of(std::string const& text) {
  std::tm parts{};
  EXPECT_NE(::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts), nullptr) << text;
  return ::timegm(&parts);
}

TEST_P(wall_clock, that_is_set_silences_nobody_and_ends_no_tombstone) {
  auto producer = besieged.client();
  producer.identify();
  EXPECT_EQ(producer.command("REGISTER t"), "OK");
  EXPECT_EQ(producer.command("REGISTER u"), "OK");
  consumer.post("/topic/tombstone?topic=u&node=10.0.0.1:4151");
  auto const listed = consumer.get("/lookup?topic=t").body;
  EXPECT_NE(listed, hidden_answer);
  EXPECT_EQ(consumer.get("/lookup?topic=u").body, hidden_answer);
  set();
  // The clock was set: the times that are only shown follow it.
  EXPECT_NEAR(static_cast<double>(date_of(consumer.get("/ping").field("Date"))),
              static_cast<double>(std::time(nullptr)) + std::stod(GetParam()), 60);

  EXPECT_EQ(consumer.get("/lookup?topic=t").body, listed);
  EXPECT_EQ(consumer.get("/lookup?topic=u").body, hidden_answer);
  EXPECT_NE(consumer.get("/nodes").body, R"({"producers":[]})");
  EXPECT_EQ(producer.command("PING"), "OK");
  EXPECT_EQ(consumer.get("/lookup?topic=t").body, listed);
  besieged.expect_service();
  besieged.expect_good_end();
}

}  // namespace
}  // namespace nsqlookupd::e2e
