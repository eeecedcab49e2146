// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/kept_answer.hpp>
#include <nsqlookupd/http_api/kept_lookups.hpp>

namespace nsqlookupd::http_api {

/// The answers that are kept, by route.
struct kept_answers {
  kept_answer topics;
  kept_answer nodes;
  kept_lookups lookups;
};

}  // namespace nsqlookupd::http_api
