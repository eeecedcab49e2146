// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/version.hpp>

namespace nsqlookupd::config {

std::string_view version() noexcept {
  return NSQLOOKUPD_VERSION;
}

std::string built_with() {
  return NSQLOOKUPD_COMPILER;
}

std::string version_line() {
  return "nsqlookupd v" + std::string{version()} + " (built w/" + built_with() + ')';
}

}  // namespace nsqlookupd::config
