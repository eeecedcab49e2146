// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/command.hpp>
#include <nsqlookupd/protocol/identify.hpp>
#include <nsqlookupd/protocol/v1_session.hpp>

#include <benchmark/benchmark.h>

#include <string>

namespace {

using namespace nsqlookupd;

constexpr registry::time_point now{std::chrono::seconds{1'800'000'000}};
constexpr std::string_view body =
    R"({"broadcast_address":"host-1","hostname":"host-1","tcp_port":4150,"http_port":4151,)"
    R"("version":"1.3.0"})";

void parse_command(benchmark::State& state) {
  for (auto step : state) {
    benchmark::DoNotOptimize(protocol::parse_command("REGISTER topic-name channel-name\r"));
  }
}
BENCHMARK(parse_command);

void parse_identify(benchmark::State& state) {
  for (auto step : state) {
    benchmark::DoNotOptimize(protocol::parse_identify(body));
  }
}
BENCHMARK(parse_identify);

void execute_registers(benchmark::State& state) {
  registry::registration_db db;
  protocol::session_settings settings;
  protocol::v1_session session{settings, "127.0.0.1:1"};
  std::string replies;
  std::string const hello =
      "IDENTIFY\n" + std::string{"\0\0\0", 3} + static_cast<char>(body.size()) + std::string{body};
  session.consume(hello, db, now, replies, 1000);
  std::string batch;
  for (int number = 0; number < 100; ++number) {
    batch += "REGISTER topic channel-" + std::to_string(number) + '\n';
  }
  for (auto step : state) {
    replies.clear();
    session.consume(batch, db, now, replies, 1000);
  }
  state.SetItemsProcessed(state.iterations() * 100);
  session.leave(db, {}, "EOF");
}
BENCHMARK(execute_registers);

}  // namespace
