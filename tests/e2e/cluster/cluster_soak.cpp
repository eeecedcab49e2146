// SPDX-License-Identifier: MIT
//
// The churn of members for as long as one likes, with another seed each time.
#include "member_churn.hpp"

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <random>
#include <string_view>
#include <system_error>

namespace {

constexpr int default_seconds = 120;
constexpr std::size_t producers = 200;

template <class Number>
std::optional<Number> parse(std::string_view text) {
  Number number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool const is_number = error == std::errc{} && end == text.data() + text.size();
  return is_number && number > 0 ? std::optional{number} : std::nullopt;
}

void run(std::chrono::seconds duration, std::uint64_t seed) {
  auto const end = std::chrono::steady_clock::now() + duration;
  nsqlookupd::e2e::member_churn churn{seed, producers};
  do {
    churn.run_round();
    std::fflush(stdout);
  } while (std::chrono::steady_clock::now() < end);
  std::printf(
      "cluster-soak: passed: %zu faults, %zu changes; members were equal after %.0f ms at "
      "most\n",
      churn.rounds(), churn.changes(), churn.worst_ms());
}

}  // namespace

int main(int argc, char** argv) {
  auto const seconds = argc < 2 ? std::optional{default_seconds} : parse<int>(argv[1]);
  auto const seed = argc < 3 ? std::optional<std::uint64_t>{std::random_device{}()}
                             : parse<std::uint64_t>(argv[2]);
  if (!seconds || !seed || argc > 3) {
    std::fprintf(stderr, "usage: cluster_soak [seconds [seed]]\n");
    return 2;
  }
  std::printf("cluster-soak: %d s, seed %llu\n", *seconds, static_cast<unsigned long long>(*seed));
  try {
    run(std::chrono::seconds{*seconds}, *seed);
  } catch (std::exception const& failure) {
    std::printf("cluster-soak: FAILED: %s\n", failure.what());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
