// SPDX-License-Identifier: MIT
#include "from_options.hpp"

namespace nsqlookupd {

net::access_log access_log_of(config::options const& settings) noexcept {
  switch (settings.access_log) {
    case config::access_log::on:
      break;
    case config::access_log::off:
      return net::access_log::off;
    case config::access_log::errors:
      return net::access_log::errors;
  }
  return net::access_log::on;
}

}  // namespace nsqlookupd
