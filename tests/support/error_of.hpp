// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

namespace nsqlookupd::test_support {

/// The message of the std::runtime_error that `action` throws; empty when it throws none.
template <class Action>
std::string error_of(Action const& action) {
  try {
    static_cast<void>(action());
  } catch (std::runtime_error const& error) {
    return error.what();
  }
  return {};
}

}  // namespace nsqlookupd::test_support
