// SPDX-License-Identifier: MIT
#include "command_line.hpp"

#include "rows.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace bench {
namespace {

using std::chrono::milliseconds;

template <class Number>
Number number(std::string_view name, std::string_view text, Number least) {
  Number value{};
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // Written so that what is not a number at all is refused, too.
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= least)) {
    throw std::runtime_error{"--" + std::string{name} + " wants a number" +
                             (least > 0 ? " above zero" : "") + ", not '" + std::string{text} +
                             "'"};
  }
  return value;
}

milliseconds duration(std::string_view name, std::string_view text) {
  constexpr double shortest = 0.001;
  constexpr double longest = 1e6;
  return milliseconds{
      static_cast<long long>(std::min(number(name, text, shortest), longest) * 1000)};
}

struct option {
  bool takes_value;
  std::function<void(request&, std::string const& name, std::string const& value)> set;
};

template <class Get>
option text(Get get) {
  return {true, [get](request& into, auto&, auto& value) { get(into) = value; }};
}

template <class Get>
option yes(Get get) {
  return {false, [get](request& into, auto&, auto&) { get(into) = true; }};
}

template <class Get>
option seconds(Get get) {
  return {true,
          [get](request& into, auto& name, auto& value) { get(into) = duration(name, value); }};
}

template <class Get>
option count(Get get, int least = 1) {
  return {true, [=](request& into, auto& name, auto& value) {
            using type = std::remove_reference_t<decltype(get(into))>;
            get(into) = number(name, value, static_cast<type>(least));
          }};
}

// Other options that come after it change that load.
option beside_option() {
  return {true, [](request& into, auto&, auto& value) {
            auto const before = into.how;
            into.how = usual_ping_load(value);
            into.how.time_limit = before.time_limit;
            into.how.patience = before.patience;
          }};
}

watch_mode mode_of(std::string const& value) {
  if (value != "stream" && value != "wait") {
    throw std::runtime_error{"--mode wants stream or wait, not '" + value + "'"};
  }
  return value == "stream" ? watch_mode::stream : watch_mode::wait;
}

// Other options that come after it change that storm.
option storm_option() {
  return {false, [](request& into, auto&, auto&) {
            auto const before = into.how;
            into.how = usual_watch_storm();
            into.how.mode = before.mode;
            into.how.time_limit = before.time_limit;
            into.how.patience = before.patience;
          }};
}

void add_watch_options(std::map<std::string, option>& all) {
  constexpr double slowest = 0.001;
  all.insert({
      {"watchers", count([](request& into) -> auto& { return into.how.watchers; })},
      {"rate",
       {true, [](request& into, auto& name,
                 auto& value) { into.how.rate = number(name, value, slowest); }}},
      {"mode", {true, [](request& into, auto&, auto& value) { into.how.mode = mode_of(value); }}},
      {"one-topic", {false, [](request& into, auto&, auto&) { into.how.topics = 1; }}},
      {"storm", storm_option()},
  });
}

void add_load_options(std::map<std::string, option>& all) {
  all.insert({
      {"beside", beside_option()},
      {"path", text([](request& into) -> auto& { return into.how.path; })},
      {"operations", count([](request& into) -> auto& { return into.how.operations; })},
      {"seconds", seconds([](request& into) -> auto& { return into.how.time_limit; })},
      {"patience", seconds([](request& into) -> auto& { return into.how.patience; })},
      {"connections", count([](request& into) -> auto& { return into.how.connections; })},
      {"pipelined", count([](request& into) -> auto& { return into.how.pipelined; })},
      {"producers", count([](request& into) -> auto& { return into.how.producers; }, 0)},
      {"topics", count([](request& into) -> auto& { return into.how.topics; })},
      {"channels", count([](request& into) -> auto& { return into.how.channels; })},
      {"distinct-names", yes([](request& into) -> auto& { return into.how.distinct_names; })},
      {"changing", yes([](request& into) -> auto& { return into.how.changing; })},
      {"standing-topics",
       count([](request& into) -> auto& { return into.how.standing_topics; }, 0)},
      {"standing-channels",
       count([](request& into) -> auto& { return into.how.standing_channels; })},
  });
}

void add_compare_options(std::map<std::string, option>& all) {
  all.insert({
      {"server",
       {true, [](request& into, auto&,
                 auto& value) { into.compared.servers.push_back(parse_server(value)); }}},
      {"only",
       {true, [](request& into, auto&, auto& value) { into.compared.only.push_back(value); }}},
      {"rounds", count([](request& into) -> auto& { return into.compared.rounds; })},
      {"row-seconds",
       {true, [](request& into, auto& name,
                 auto& value) { into.compared.row_time = duration(name, value); }}},
      {"tiny", yes([](request& into) -> auto& { return into.compared.limits.tiny; })},
      {"markdown", yes([](request& into) -> auto& { return into.markdown; })},
  });
}

std::map<std::string, option> all_options() {
  std::map<std::string, option> all{
      {"tcp", text([](request& into) -> auto& { return into.tcp_address; })},
      {"http", text([](request& into) -> auto& { return into.http_address; })},
      {"pid", count([](request& into) -> auto& { return into.pid; })},
      {"json", text([](request& into) -> auto& { return into.json; })},
  };
  add_load_options(all);
  add_watch_options(all);
  add_compare_options(all);
  return all;
}

// The load of each command by default.
load usual_load(std::string_view command) {
  load how;
  if (command == "churn" || command == "mixed") {
    how.connections = 32;
  }
  if (command == "lookup" || command == "mixed") {
    how.producers = 1;
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
  } else if (command == "ping") {
    how = usual_ping_load(how.beside);
  } else if (command == "watch") {
    how.topics = 1'000;
    how.producers = 1;
  } else if (command == "compare") {
    how.time_limit = experiment_limits{}.time_limit;
  }
  return how;
}

bool asks_for_help(int argc, char** argv) {
  for (int index = 1; index < argc; ++index) {
    std::string_view const argument{argv[index]};
    if (argument == "-h" || argument == "--help" || argument == "-help" || argument == "help") {
      return true;
    }
  }
  return argc < 2;
}

}  // namespace

request parse(int argc, char** argv) {
  request asked;
  if (asks_for_help(argc, argv)) {
    return asked;
  }
  asked.command = argv[1];
  asked.how = usual_load(asked.command);
  auto const options = all_options();
  for (int index = 2; index < argc; ++index) {
    std::string const argument = argv[index];
    auto const equals = argument.find('=');
    auto const name = argument.substr(0, equals);
    auto const found = options.find(name.starts_with("--") ? name.substr(2) : "");
    if (found == options.end()) {
      throw std::runtime_error{"unknown option '" + name + "': see --help"};
    }
    std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
    if (equals == std::string::npos && found->second.takes_value) {
      if (++index == argc) {
        throw std::runtime_error{"option " + name + " needs a value"};
      }
      value = argv[index];
    }
    found->second.set(asked, found->first, value);
  }
  make_names_differ(asked.compared.servers);
  asked.compared.limits.time_limit = asked.how.time_limit;
  asked.compared.limits.patience = asked.how.patience;
  return asked;
}

}  // namespace bench
