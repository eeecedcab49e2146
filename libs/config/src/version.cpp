// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/version.hpp>

namespace nsqlookupd::config {

std::string_view version() noexcept {
  return NSQLOOKUPD_VERSION;
}

std::string built_with() {
#if defined(__clang__)
  std::string const compiler = "clang";
  int const parts[] = {__clang_major__, __clang_minor__, __clang_patchlevel__};
#else
  std::string const compiler = "gcc";
  int const parts[] = {__GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__};
#endif
  return compiler + '-' + std::to_string(parts[0]) + '.' + std::to_string(parts[1]) + '.' +
         std::to_string(parts[2]);
}

std::string version_line() {
  return "nsqlookupd v" + std::string{version()} + " (built w/" + built_with() + ')';
}

}  // namespace nsqlookupd::config
