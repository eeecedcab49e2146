// SPDX-License-Identifier: MIT
#include <nsqlookupd/profiling/heap_profile.hpp>
#include <nsqlookupd/profiling/heap_samples.hpp>

#include "memory_map.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace nsqlookupd::profiling {
namespace {

template <class Number>
void append_number(std::string& out, Number value, int base = 10) {
  std::array<char, 24> digits;
  out.append(digits.data(),
             std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr);
}

void append_usage(std::string& out, heap_usage const& what) {
  append_number(out, what.live_count);
  out.append(": ");
  append_number(out, what.live_bytes);
  out.append(" [");
  append_number(out, what.all_count);
  out.append(": ");
  append_number(out, what.all_bytes);
  out.append("] @");
}

heap_usage total(std::vector<heap_usage> const& all) {
  heap_usage sum;
  for (auto const& one : all) {
    sum.live_count += one.live_count;
    sum.live_bytes += one.live_bytes;
    sum.all_count += one.all_count;
    sum.all_bytes += one.all_bytes;
  }
  return sum;
}

}  // namespace

// The number behind heap_v2 tells pprof how to count up from samples to all there is.
std::string heap_profile(std::string_view remarks) {
  auto const all = heap_usage_by_stack();
  std::string out = "heap profile: ";
  append_usage(out, total(all));
  out.append(" heap_v2/");
  append_number(out, heap_sample_period);
  out.append("\n");
  for (auto const& one : all) {
    append_usage(out, one);
    for (auto const address : one.stack) {
      out.append(" 0x");
      append_number(out, address, 16);
    }
    out.append("\n");
  }
  out.append(remarks).append("\nMAPPED_LIBRARIES:\n");
  append_memory_map(out);
  return out;
}

}  // namespace nsqlookupd::profiling
