// SPDX-License-Identifier: MIT
#include "soak_run.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <random>
#include <string_view>

namespace {

constexpr int default_seconds = 120;

std::optional<int> parse_seconds(std::string_view text) {
  int seconds = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  bool const is_number = error == std::errc{} && end == text.data() + text.size();
  return is_number && seconds > 0 ? std::optional{seconds} : std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
  auto const seconds = argc < 2 ? default_seconds : parse_seconds(argv[1]);
  if (!seconds) {
    std::fprintf(stderr, "usage: soak [seconds [server flags…]]\n");
    return 2;
  }
  nsqlookupd::soak::soak_options how{std::chrono::seconds{*seconds}, {}, std::random_device{}()};
  for (int flag = 2; flag < argc; ++flag) {
    how.server_flags.emplace_back(argv[flag]);
  }
  std::printf("soak: %d s, seed %llu\n", *seconds, static_cast<unsigned long long>(how.seed));
  try {
    nsqlookupd::soak::run_soak(how);
  } catch (std::exception const& failure) {
    std::printf("soak: FAILED: %s\n", failure.what());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
