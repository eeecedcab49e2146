// SPDX-License-Identifier: MIT
//
// The parts of every fuzz target.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// Each target defines it: tries one input, and ends the process if it finds something. Called by
/// libFuzzer, and by replay.cpp for the files of a corpus. Returns -1 for an input that is not
/// worth keeping.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace nsqlookupd::fuzz {

inline std::string_view as_text(std::uint8_t const* data, std::size_t size) {
  return {reinterpret_cast<char const*>(data), size};
}

/// A finding, unless `holds`: prints what should have held, and `shown`, then aborts.
void require(bool holds, std::string_view description, std::string_view shown = {});

/// Requires that the log shows `message` as one line without control bytes, or as one JSON object.
void require_one_log_line(std::string_view message);

/// Requires that `text` is JSON.
void require_json(std::string_view text);

/// Cuts a stream into pieces whose sizes depend on a seed alone.
class cutter {
 public:
  /// 0: all in one piece. 1: single bytes.
  explicit cutter(std::uint32_t seed) : seed_{seed}, state_{seed} {}

  /// Takes the next piece off `stream`; not empty unless that is.
  std::string_view take(std::string_view& stream);

 private:
  std::uint32_t seed_;
  std::uint32_t state_;
};

}  // namespace nsqlookupd::fuzz
