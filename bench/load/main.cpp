// SPDX-License-Identifier: MIT
#include "client.hpp"
#include "command_line.hpp"
#include "compare.hpp"
#include "figures.hpp"
#include "scenarios.hpp"
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>

namespace {

using bench::figures;
using bench::load;
using bench::target;

using scenario = std::function<figures(target const&, load const&)>;

std::map<std::string, scenario> const scenarios{
    {"churn", bench::churn},
    {"register", bench::register_names},
    {"idle", [](target const& server, load const& how) { return bench::idle(server, how, false); }},
    {"storm", bench::storm},
    {"restart-storm", bench::restart_storm},
    {"lookup", bench::lookup},
    {"mixed", bench::mixed},
    {"long-answers", bench::long_answers},
};

void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void run(bench::request const& asked) {
  if (asked.command == "compare") {
    bench::compare(asked.compared);
    return;
  }
  auto const found = scenarios.find(asked.command);
  if (found == scenarios.end()) {
    throw std::runtime_error{"unknown command '" + asked.command + "': see --help"};
  }
  target const server{bench::resolve(asked.tcp_address), bench::resolve(asked.http_address),
                      asked.pid};
  std::fprintf(stderr, "%s on %s ...\n", asked.command.c_str(), asked.tcp_address.c_str());
  auto const result = found->second(server, asked.how);
  auto const text = asked.json ? bench::to_json({result}) + '\n' : bench::to_table({result});
  std::fputs(text.c_str(), stdout);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  try {
    auto const asked = bench::parse(argc, argv);
    if (asked.command.empty()) {
      std::fputs(bench::help().c_str(), stdout);
      return EXIT_SUCCESS;
    }
    run(asked);
    return EXIT_SUCCESS;
  } catch (std::exception const& error) {
    std::fprintf(stderr, "nsqlookupd-bench: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
