// SPDX-License-Identifier: MIT
#include "replaceable_server.hpp"

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace nsqlookupd::e2e {
namespace {

namespace fs = std::filesystem;
using strings = std::vector<std::string>;

constexpr char const* resumed = "HANDOVER: resumed ";
constexpr char const* refused = " cannot take over - ";

std::runtime_error unexpected(strings const& lines) {
  std::string text = "the log after SIGUSR2:";
  for (auto const& line : lines) {
    text.append("\n").append(line);
  }
  return std::runtime_error{text};
}

bool contains(std::string const& line, std::string_view part) {
  return line.find(part) != std::string::npos;
}

}  // namespace

void replaceable_program::put_server() const {
  auto const fresh = beside("new");
  fs::create_symlink(NSQLOOKUPD_BINARY, fresh);
  fs::rename(fresh, path());
}

void replaceable_program::put_copy() const {
  auto const fresh = beside("new");
  fs::copy_file(NSQLOOKUPD_BINARY, fresh);
  fs::rename(fresh, path());
}

void replaceable_program::put_script(std::string_view text) const {
  put_file("#!/bin/sh\n" + std::string{text} + '\n', 0755);
}

void replaceable_program::put_file(std::string_view text, unsigned permissions) const {
  auto const fresh = beside("new");
  std::ofstream{fresh} << text;
  fs::permissions(fresh, fs::perms{permissions});
  fs::rename(fresh, path());
}

void replaceable_program::remove() const {
  fs::remove(path());
}

replaceable_server::replaceable_server(server_start how)
    : server_{with_program(std::move(how), program_.path())},
      log_{server_.process().error_pipe()} {}

replaceable_server::~replaceable_server() {
  if (!is_stopped_) {
    server_.process().send(SIGKILL);
  }
}

server_start replaceable_server::with_program(server_start how, std::string path) {
  how.program = std::move(path);
  return how;
}

strings replaceable_server::ask_for_hand_over() {
  auto const from = log_.line_count();
  server_.process().send(SIGUSR2);
  return log_.lines_through({resumed, refused}, from);
}

strings replaceable_server::hand_over() {
  auto lines = ask_for_hand_over();
  if (!contains(lines.back(), resumed)) {
    throw unexpected(lines);
  }
  return lines;
}

std::string replaceable_server::refused_hand_over() {
  auto const lines = ask_for_hand_over();
  auto const line = without_stamp(lines.back());
  auto const begin = "ERROR: HANDOVER: " + program_.path() + refused;
  std::string const end = "; serving on";
  if (!line.starts_with(begin) || !line.ends_with(end)) {
    throw unexpected(lines);
  }
  return line.substr(begin.size(), line.size() - begin.size() - end.size());
}

int replaceable_server::stop() {
  server_.process().send(SIGTERM);
  return wait_for_stop();
}

int replaceable_server::wait_for_stop() {
  auto const status = server_.wait_for_stop();
  is_stopped_ = true;
  log_.wait_for_end();
  auto const foreign = log_.foreign_lines();
  std::fputs(foreign.c_str(), stderr);
  return foreign.empty() ? status : 1;
}

}  // namespace nsqlookupd::e2e
