// SPDX-License-Identifier: MIT
#include "client.hpp"
#include "command_line.hpp"
#include "compare.hpp"
#include "comparison_text.hpp"
#include "figures.hpp"
#include "progress.hpp"
#include "scenarios.hpp"
#include "started_server.hpp"
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using bench::figures;
using bench::load;
using bench::request;
using bench::target;

using measuring = std::function<std::vector<figures>(target const&, load const&)>;

measuring single(std::function<figures(target const&, load const&)> measure) {
  return [measure = std::move(measure)](target const& server, load const& how) {
    return std::vector{measure(server, how)};
  };
}

std::map<std::string, measuring> const scenarios{
    {"churn", single(bench::churn)},
    {"register", single(bench::register_names)},
    {"idle",
     single([](target const& server, load const& how) { return bench::idle(server, how, false); })},
    {"storm", single(bench::storm)},
    {"restart-storm", single(bench::restart_storm)},
    {"lookup", single(bench::lookup)},
    {"mixed", bench::mixed},
    {"long-answers", single(bench::long_answers)},
    {"ping", single(bench::ping)},
    {"watch", single(bench::watch)},
};

void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void print(std::string const& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

// Written anew as figures come in, so that a server's failure leaves those measured before it.
void write_json(std::string const& path, std::string const& text) {
  if (path.empty() || path == "-") {
    return;
  }
  auto* const file = std::fopen(path.c_str(), "w");
  if (file == nullptr || std::fputs(text.c_str(), file) < 0 || std::fclose(file) != 0) {
    throw std::runtime_error{"cannot write " + path + ": " + std::strerror(errno)};
  }
}

void run_compare(request const& asked) {
  std::vector<bench::experiment_result> results;
  bool const as_it_comes = asked.json != "-" && !asked.markdown;
  write_json(asked.json, bench::to_json(asked.compared, results));
  bench::compare(asked.compared, [&](bench::experiment_result found) {
    results.push_back(std::move(found));
    write_json(asked.json, bench::to_json(asked.compared, results));
    if (as_it_comes) {
      print(results.size() == 1 ? bench::table_head() : "");
      print(bench::to_table(asked.compared.servers, results.back()));
    }
  });
  if (asked.json == "-") {
    print(bench::to_json(asked.compared, results));
  } else if (asked.markdown) {
    print(bench::to_markdown(asked.compared, results));
  }
}

// Starts each server in turn; the floor answers with bodies as large as the first one's.
std::vector<figures> measure_started(request const& asked, measuring const& measure) {
  std::vector<figures> all;
  for (auto const& server : asked.compared.servers) {
    bench::progress::begin_step(asked.command + " on " + server.name);
    bench::start_settings const start{.body_bytes = all.empty() ? 0 : all.front().body_bytes,
                                      .patience = asked.how.patience};
    bench::server_process const process{bench::start_of(server, start)};
    for (auto& found : measure(process.where(), asked.how)) {
      found.scenario = server.name + ": " + found.scenario;
      all.push_back(std::move(found));
    }
  }
  return all;
}

std::vector<figures> measure_running(request const& asked, measuring const& measure) {
  target const server{bench::resolve(asked.tcp_address), bench::resolve(asked.http_address),
                      asked.pid};
  // So that a wrong number shows before the work begins.
  static_cast<void>(bench::cpu_time(asked.pid));
  bench::progress::begin_step(asked.command + " on " + asked.tcp_address + ", " +
                              asked.http_address);
  return measure(server, asked.how);
}

void run_scenario(request const& asked, measuring const& measure) {
  write_json(asked.json, "");
  auto const results = asked.compared.servers.empty() ? measure_running(asked, measure)
                                                      : measure_started(asked, measure);
  bench::progress::clear();
  write_json(asked.json, bench::to_json(results));
  print(asked.json == "-" ? bench::to_json(results) : bench::to_table(results));
  std::ranges::for_each(results, bench::check_faults);
}

void run(request const& asked) {
  if (asked.command == "compare") {
    run_compare(asked);
    return;
  }
  auto const found = scenarios.find(asked.command);
  if (found == scenarios.end()) {
    throw std::runtime_error{"unknown command '" + asked.command + "': see --help"};
  }
  run_scenario(asked, found->second);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  try {
    auto const asked = bench::parse(argc, argv);
    if (asked.command.empty()) {
      print(bench::help());
      return EXIT_SUCCESS;
    }
    run(asked);
    return EXIT_SUCCESS;
  } catch (std::exception const& error) {
    bench::progress::clear();
    std::fprintf(stderr, "nsqlookupd-bench: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
