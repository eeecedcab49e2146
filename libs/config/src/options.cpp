// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/options.hpp>

#include <unistd.h>

#include <array>

namespace nsqlookupd::config {

std::string host_name() {
  std::array<char, 256> name{};
  // One byte is kept back: a name that fills the buffer comes without its terminator.
  if (::gethostname(name.data(), name.size() - 1) != 0 || name.front() == '\0') {
    return "localhost";
  }
  return name.data();
}

}  // namespace nsqlookupd::config
