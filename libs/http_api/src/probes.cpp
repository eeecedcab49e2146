// SPDX-License-Identifier: MIT
#include "probes.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

struct check {
  std::string_view name;
  /// Why it failed; empty when it did not.
  std::string_view problem = {};
};

// That there is an answer is what it is about: it was made where the registry is.
constexpr check ping_check{"ping"};

void append_check(std::string& out, check const& done) {
  if (done.problem.empty()) {
    out.append("[+]").append(done.name).append(" ok\n");
  } else {
    out.append("[-]").append(done.name).append(" failed: ").append(done.problem).append("\n");
  }
}

bool wants_list(query const& arguments) {
  return arguments.is_well_formed() && arguments.get("verbose").has_value();
}

outcome text(unsigned status, std::string body) {
  return {.status = status, .body = std::move(body), .content = content_type::text};
}

outcome report(std::string_view probe, call const& what, std::initializer_list<check> checks) {
  bool passed = true;
  std::string list;
  for (auto const& done : checks) {
    append_check(list, done);
    passed = passed && done.problem.empty();
  }
  if (!passed) {
    return text(503, list.append(probe).append(" check failed\n"));
  }
  return text(200,
              wants_list(what.arguments) ? list.append(probe).append(" check passed\n") : "ok");
}

}  // namespace

outcome livez(call const& what) {
  return report("livez", what, {ping_check});
}

outcome readyz(call const& what) {
  check const shutdown{"shutdown", what.server.draining ? "the server was told to stop" : ""};
  return report("readyz", what, {ping_check, shutdown});
}

}  // namespace nsqlookupd::http_api
