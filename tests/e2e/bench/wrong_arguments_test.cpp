// SPDX-License-Identifier: MIT
#include "bench_process.hpp"
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

struct wrong {
  char const* name;
  std::vector<std::string> arguments;
  char const* complaint;
};

void PrintTo(wrong const& scenario, std::ostream* out) {
  *out << scenario.name;
}

class wrong_arguments : public testing::TestWithParam<wrong> {};

TEST_P(wrong_arguments, are_one_line_and_a_failure) {
  EXPECT_EQ(complaint_of(GetParam().arguments), GetParam().complaint);
}

INSTANTIATE_TEST_SUITE_P(
    of_bench, wrong_arguments,
    testing::Values(
        wrong{"command", {"chrun"}, "unknown command 'chrun': see --help"},
        wrong{"option", {"churn", "--speed", "1"}, "unknown option '--speed': see --help"},
        wrong{"word", {"churn", "fast"}, "unknown option 'fast': see --help"},
        wrong{"no_value", {"churn", "--tcp"}, "option --tcp needs a value"},
        wrong{"no_number",
              {"churn", "--connections", "many"},
              "--connections wants a number above zero, not 'many'"},
        wrong{"half_a_number",
              {"churn", "--connections=3x"},
              "--connections wants a number above zero, not '3x'"},
        wrong{"zero", {"compare", "--rounds=0"}, "--rounds wants a number above zero, not '0'"},
        wrong{"negative", {"lookup", "--producers=-1"}, "--producers wants a number, not '-1'"},
        wrong{"too_large",
              {"churn", "--pid=99999999999"},
              "--pid wants a number above zero, not '99999999999'"},
        wrong{"no_duration",
              {"churn", "--seconds=nan"},
              "--seconds wants a number above zero, not 'nan'"},
        wrong{"no_rate", {"watch", "--rate=0"}, "--rate wants a number above zero, not '0'"},
        wrong{"no_mode", {"watch", "--mode=poll"}, "--mode wants stream or wait, not 'poll'"},
        wrong{"no_load",
              {"ping", "--beside=nothing"},
              "there is no load 'nothing' to PING beside: see --help"},
        wrong{"no_port",
              {"churn", "--tcp=localhost"},
              "address 'localhost' has no port: say HOST:PORT"},
        wrong{"no_process", {"churn", "--pid=4194305"}, "there is no process 4194305 to measure"},
        wrong{"no_servers", {"compare"}, "compare needs at least one --server PATH"},
        wrong{"no_row",
              {"compare", "--server=/bin/false", "--only=chrun"},
              "no row's name contains 'chrun': --help lists them"},
        wrong{"no_json_file",
              {"compare", "--server=/bin/false", "--json=/nowhere/x.json"},
              "cannot write /nowhere/x.json: No such file or directory"}),
    [](auto const& found) { return found.param.name; });

TEST(bench_help, is_printed_when_asked_for_and_when_nothing_is) {
  for (auto const& arguments : std::vector<std::vector<std::string>>{{}, {"churn", "--help"}}) {
    auto const ended = run_bench(arguments);
    EXPECT_EQ(ended.status, 0);
    EXPECT_TRUE(ended.output.starts_with("usage: nsqlookupd-bench COMMAND")) << ended.output;
    EXPECT_NE(ended.output.find("memory per idle producer"), std::string::npos);
    EXPECT_EQ(ended.error, "");
  }
}

}  // namespace
}  // namespace nsqlookupd::e2e
