// SPDX-License-Identifier: MIT
#include "silenced_peer.hpp"

#include <linux/filter.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace nsqlookupd::e2e {

void stop_hearing(test_support::tcp_client const& client) {
  // How many bytes of each packet to let through.
  sock_filter nothing{.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 0};
  sock_fprog const program{.len = 1, .filter = &nothing};
  if (::setsockopt(client.descriptor(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) !=
      0) {
    throw std::system_error{errno, std::generic_category(), "SO_ATTACH_FILTER"};
  }
}

}  // namespace nsqlookupd::e2e
