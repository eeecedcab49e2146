// SPDX-License-Identifier: MIT
//
// Commands, time, restarts, and clients of `/watch`, whose contract must hold.
#include "target.hpp"
#include "watch_model.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  nsqlookupd::test_support::run_watch_model({data, size});
  return 0;
}
