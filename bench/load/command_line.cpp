// SPDX-License-Identifier: MIT
#include "command_line.hpp"

#include <charconv>
#include <functional>
#include <map>
#include <stdexcept>
#include <string_view>

namespace bench {
namespace {

std::size_t number(std::string_view name, std::string_view text) {
  std::size_t value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw std::runtime_error{"--" + std::string{name} + " wants a number, not '" +
                             std::string{text} + "'"};
  }
  return value;
}

using setter = std::function<void(request&, std::string const& name, std::string const& value)>;

template <class Get>
setter count(Get get) {
  return [get](request& into, std::string const& name, std::string const& value) {
    get(into) = static_cast<std::remove_reference_t<decltype(get(into))>>(number(name, value));
  };
}

std::map<std::string, setter> const& options() {
  static std::map<std::string, setter> const all{
      {"tcp", [](request& into, auto&, auto& value) { into.tcp_address = value; }},
      {"http", [](request& into, auto&, auto& value) { into.http_address = value; }},
      {"pid", count([](request& into) -> int& { return into.pid; })},
      {"json", [](request& into, auto&, auto&) { into.json = true; }},
      {"path", [](request& into, auto&, auto& value) { into.how.path = value; }},
      {"operations", count([](request& into) -> auto& { return into.how.operations; })},
      {"seconds",
       [](request& into, auto& name, auto& value) {
         into.how.time_limit = std::chrono::seconds{number(name, value)};
       }},
      {"connections", count([](request& into) -> auto& { return into.how.connections; })},
      {"pipelined", count([](request& into) -> auto& { return into.how.pipelined; })},
      {"producers", count([](request& into) -> auto& { return into.how.producers; })},
      {"topics", count([](request& into) -> auto& { return into.how.topics; })},
      {"channels", count([](request& into) -> auto& { return into.how.channels; })},
      {"distinct-names", [](request& into, auto&, auto&) { into.how.distinct_names = true; }},
      {"standing-topics", count([](request& into) -> auto& { return into.how.standing_topics; })},
      {"standing-channels",
       count([](request& into) -> auto& { return into.how.standing_channels; })},
      {"server", [](request& into, auto&, auto& value) { into.compared.servers.push_back(value); }},
      {"rounds", count([](request& into) -> auto& { return into.compared.rounds; })},
      {"only", [](request& into, auto&, auto& value) { into.compared.only = value; }},
  };
  return all;
}

bool takes_value(std::string const& name) {
  return name != "json" && name != "distinct-names";
}

// What each scenario does when nothing else is said.
load usual_load(std::string_view command) {
  load how;
  if (command == "churn" || command == "mixed") {
    how.connections = 32;
  }
  if (command == "lookup" || command == "mixed") {
    how.producers = 1;
    how.operations = 100'000;
  } else if (command == "register") {
    how.topics = 1'000;
    how.channels = 10;
  } else if (command == "idle") {
    how.producers = 10'000;
  } else if (command == "storm") {
    how.topics = 100;
  } else if (command == "restart-storm") {
    how.producers = 2'000;
    how.channels = 100;
  } else if (command == "long-answers") {
    how.producers = 20;
    how.topics = 5'000;
    how.channels = 9;
    how.distinct_names = true;
  }
  return how;
}

}  // namespace

request parse(int argc, char** argv) {
  request asked;
  for (int index = 1; index < argc; ++index) {
    std::string argument = argv[index];
    if (argument == "-h" || argument == "--help" || argument == "help") {
      return {};
    }
    if (!argument.starts_with("--")) {
      if (!asked.command.empty()) {
        throw std::runtime_error{"unexpected argument '" + argument + "': see --help"};
      }
      asked.command = argument;
      asked.how = usual_load(argument);
      continue;
    }
    auto const equals = argument.find('=');
    auto const name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
    auto const found = options().find(name);
    if (found == options().end()) {
      throw std::runtime_error{"unknown option --" + name + ": see --help"};
    }
    std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
    if (equals == std::string::npos && takes_value(name)) {
      if (++index == argc) {
        throw std::runtime_error{"option --" + name + " needs a value"};
      }
      value = argv[index];
    }
    found->second(asked, name, value);
  }
  return asked;
}

std::string const& help() {
  static std::string const text = R"(usage: nsqlookupd-bench COMMAND [OPTIONS]

Puts load on an nsqlookupd, ours or another, and prints what it cost.

  churn          connect, IDENTIFY, REGISTER, close; --connections at a time
  register       one producer registers --topics x --channels, pipelined
  idle           --producers register and do nothing: memory of each
  storm          --producers close at once: time until /nodes is empty, worst lookup
  restart-storm  --producers connect at once and register one by one: worst reply
  lookup         GET --path, kept alive; --connections, --pipelined
  mixed          lookups while clients churn
  long-answers   REGISTER while /nodes, /topics and /debug are asked without pause
  compare        start each --server and measure all of it, interleaved: medians, ratios

  --tcp HOST:PORT, --http HOST:PORT   the server (127.0.0.1:4160, 127.0.0.1:4161)
  --pid N                             its process, for CPU time and memory
  --operations N, --seconds N         stop after as many, or so long, whichever is first
  --connections N --pipelined N --producers N --topics N --channels N --distinct-names
  --standing-topics N --standing-channels N   what others have registered before
  --path PATH                         of the lookup
  --json                              figures as JSON
  --server PATH (repeat) --rounds N --only TEXT   for compare: the first server is held
                                      against the others; rows whose name contains TEXT
)";
  return text;
}

}  // namespace bench
