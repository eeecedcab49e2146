// SPDX-License-Identifier: MIT
#include <nsqlookupd/daemon/standard_descriptors.hpp>

#include <fcntl.h>
#include <unistd.h>

namespace nsqlookupd {

// The lowest free number is what open() returns, so each is filled before the next is looked at.
void occupy_standard_descriptors() noexcept {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) == -1) {
      ::open("/dev/null", O_RDWR);
    }
  }
}

}  // namespace nsqlookupd
