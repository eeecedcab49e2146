// SPDX-License-Identifier: MIT
#include "metrics_page.hpp"

namespace nsqlookupd::http_api {

outcome metrics_page(call const& what) {
  return {.body = what.server.metrics(what.db.count_all()), .content = content_type::metrics};
}

}  // namespace nsqlookupd::http_api
