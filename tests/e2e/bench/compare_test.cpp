// SPDX-License-Identifier: MIT
#include "bench_process.hpp"
#include "temporary_file.hpp"
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace nsqlookupd::e2e {
namespace {

namespace json = boost::json;
using config::test::temporary_file;

std::string const ours = std::string{"ours="} + NSQLOOKUPD_BINARY;
std::string const floor_server = std::string{"floor="} + NSQLOOKUPD_FLOOR_BINARY;

json::object read_json(std::string const& path) {
  std::ifstream file{path};
  std::string const text{std::istreambuf_iterator<char>{file}, {}};
  return json::parse(text).as_object();
}

json::object row_of(json::object const& found, std::string_view name) {
  for (auto const& experiment : found.at("experiments").as_array()) {
    for (auto const& row : experiment.at("rows").as_array()) {
      if (row.at("row").as_string() == name) {
        return row.as_object();
      }
    }
  }
  return {};
}

TEST(bench_compare, measures_every_row_and_leaves_out_the_floor_where_it_knows_nothing) {
  temporary_file const file{""};
  auto const ended = run_bench({"compare", "--tiny", "--rounds=1", "--server", ours, "--server",
                                floor_server, "--json", file.path()});
  ASSERT_EQ(ended.status, 0) << ended.error;
  auto const help = run_bench({"--help"}).output;
  auto const found = read_json(file.path());
  std::size_t rows = 0;
  for (auto const& experiment : found.at("experiments").as_array()) {
    for (auto const& row : experiment.at("rows").as_array()) {
      ++rows;
      std::string const name{row.at("row").as_string()};
      EXPECT_NE(help.find("  " + name + " ["), std::string::npos) << name;
      EXPECT_NE(ended.output.find(name + '\n'), std::string::npos) << name;
      EXPECT_TRUE(row.at("figures").at(0).as_object().contains("figure")) << name;
    }
  }
  EXPECT_EQ(rows, 35U);
  auto const of_the_floor = [&](std::string_view name) {
    return row_of(found, name).at("figures").at(1).as_object();
  };
  EXPECT_TRUE(of_the_floor("churn").contains("first_to_this"));
  EXPECT_TRUE(of_the_floor("memory per registration, own names").contains("figure"));
  EXPECT_FALSE(of_the_floor("memory per registration, shared names").contains("figure"));
}

TEST(bench_compare, interleaves_rounds_and_takes_rows_and_flags_as_asked) {
  temporary_file const file{""};
  auto const ended =
      run_bench({"compare", "--tiny", "--rounds=3", "--only=8 pipelined", "--server", ours,
                 "--server", ours + " -threads=2", "--markdown", "--json", file.path()});
  ASSERT_EQ(ended.status, 0) << ended.error;
  EXPECT_EQ(ended.error, "1/1 /lookup, 8 pipelined\n");
  EXPECT_TRUE(ended.output.starts_with("| work | unit | ours | ours (2) | / ours (2) |\n"))
      << ended.output;
  auto const found = read_json(file.path());
  EXPECT_EQ(found.at("servers").at(1).at("flags"), json::array{"-threads=2"});
  auto const& experiment = found.at("experiments").at(0);
  EXPECT_EQ(experiment.at("rows").as_array().size(), 1U);
  for (auto const& server : experiment.at("servers").as_array()) {
    EXPECT_EQ(server.at("rounds").as_array().size(), 3U);
  }
}

// Takes any command, and knows no path: as v1.3.0, it has nothing to watch.
constexpr char const* unwatchable = R"(#!/usr/bin/env python3
import socketserver, sys, threading

class commands(socketserver.StreamRequestHandler):
    def handle(self):
        self.rfile.read(4)
        for line in self.rfile:
            if line == b"IDENTIFY\n":
                self.rfile.read(int.from_bytes(self.rfile.read(4), "big"))
            self.wfile.write(b"\0\0\0\2OK")

class requests(socketserver.StreamRequestHandler):
    def handle(self):
        if self.rfile.readline():
            self.wfile.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

def serve(address, handler):
    host, port = address.split("=")[1].split(":")
    server = socketserver.ThreadingTCPServer((host, int(port)), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever).start()

serve(sys.argv[1], commands)
serve(sys.argv[2], requests)
)";

TEST(bench_compare, leaves_out_a_server_that_has_nothing_to_watch) {
  temporary_file const script{unwatchable};
  std::filesystem::permissions(script.path(), std::filesystem::perms::owner_all);
  temporary_file const file{""};
  auto const ended = run_bench({"compare", "--tiny", "--rounds=2", "--seconds=0.05",
                                "--only=watch 1,000 topics", "--server", floor_server, "--server",
                                "old=" + script.path(), "--json", file.path()});
  ASSERT_EQ(ended.status, 0) << ended.error;
  auto const figures = row_of(read_json(file.path()), "10,000 watch 1,000 topics, event");
  EXPECT_TRUE(figures.at("figures").at(0).as_object().contains("figure"));
  EXPECT_FALSE(figures.at("figures").at(1).as_object().contains("figure"));
}

TEST(bench_compare, gives_no_further_round_to_a_server_that_took_too_long) {
  temporary_file const file{""};
  auto const ended = run_bench({"compare", "--tiny", "--rounds=5", "--row-seconds=0.001",
                                "--only=8 pipelined", "--server", ours, "--json", file.path()});
  ASSERT_EQ(ended.status, 0) << ended.error;
  auto const found = read_json(file.path());
  auto const& server = found.at("experiments").at(0).at("servers").at(0);
  EXPECT_EQ(server.at("rounds").as_array().size(), 1U);
}

}  // namespace
}  // namespace nsqlookupd::e2e
