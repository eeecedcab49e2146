// SPDX-License-Identifier: MIT
//
// Commands to the registry and to a model that is too simple to be wrong, compared after each one.
#include "registry_model.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  nsqlookupd::test_support::run_registry_model({data, size});
  return 0;
}
