// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/answer.hpp>
#include <nsqlookupd/http_api/kept_answers.hpp>
#include <nsqlookupd/http_api/query.hpp>
#include <nsqlookupd/http_api/respond.hpp>
#include <nsqlookupd/registry/registration_db.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::http_api {

/// What a handler is given.
struct call {
  query arguments;
  registry::registration_db& db;
  registry::time_point now;
  server_info const& server;
  kept_answers& kept;
  std::string_view method;
  std::string_view body;
};

/// What a handler has to say; dress() makes an answer of it.
struct outcome {
  unsigned status = 200;
  /// Why it was refused, such as `MISSING_ARG_TOPIC`, in static storage; empty when it was not.
  std::string_view code = {};
  std::string body = {};
  shared_text shared_body = nullptr;
  /// What follows the body.
  std::vector<std::string> more = {};
  content_type content = content_type::none;
  /// What is still to be written, instead of a body.
  std::unique_ptr<long_answer> rest = nullptr;
};

using handler = outcome (*)(call const&);

inline outcome refused(unsigned status, std::string_view code) {
  return {.status = status, .code = code};
}

}  // namespace nsqlookupd::http_api
