// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/command_line.hpp>
#include <nsqlookupd/daemon/daemon.hpp>
#include <nsqlookupd/daemon/supervision.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/log/setup.hpp>

#include "commands.hpp"
#include "process_state.hpp"
#include "watch_command.hpp"
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace nsqlookupd {
namespace {

void start_log(config::options const& settings) {
  log::settings how;
  how.format = settings.log_format;
  how.prefix = settings.log_prefix;
  how.threshold = settings.log_level;
  log::start(std::move(how));
}

int serve(config::run_server const& command, program const& self) {
  auto settings = command.settings;
  end_when_out_of_memory(settings.log_format, settings.log_prefix);
  start_log(settings);
  for (auto const& warning : command.warnings) {
    log::line(log::level::warning, warning);
  }
  try {
    settings.max_connections = connection_limit(settings.max_connections);
    daemon server{settings,
                  read_supervision(config::process_environment, ::getpid()),
                  {},
                  {self, inherited_handover()}};
    unblock_signals();
    server.run();
    hold_signals_until_exit();
  } catch (std::exception const& error) {
    log::stop();
    return fail(settings.log_format, settings.log_prefix,
                std::string{"failed to instantiate nsqlookupd - "} + error.what());
  }
  log::stop();
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace nsqlookupd

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): lack of memory alone
  using namespace nsqlookupd;
  end_when_out_of_memory(log::line_format::text, log::settings{}.prefix);
  shed_inherited_state();
  auto const command =
      config::parse(argc, argv, config::process_environment, config::process_variables());
  auto const run_it = [&](auto const& each) {
    if constexpr (std::is_same_v<decltype(each), config::run_server const&>) {
      return serve(each, this_program(argc, argv));
    } else {
      return run(each);
    }
  };
  return std::visit(run_it, command);
}
