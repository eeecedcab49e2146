// SPDX-License-Identifier: MIT
#include "token_file.hpp"

#include <nsqlookupd/log/log.hpp>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace nsqlookupd {
namespace {

using log::level;

// Ten thousand tokens: each request is held against all of them.
constexpr std::size_t largest_file = std::size_t{1} << 20U;

struct close_file {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

std::string read_file(std::string const& path) {
  std::unique_ptr<std::FILE, close_file> const file{std::fopen(path.c_str(), "re")};
  if (!file) {
    throw std::runtime_error{std::strerror(errno)};
  }
  std::string text;
  std::array<char, 4096> piece;
  while (auto const count = std::fread(piece.data(), 1, piece.size(), file.get())) {
    text.append(piece.data(), count);
    if (text.size() > largest_file) {
      throw std::runtime_error{"it is too large"};
    }
  }
  if (std::ferror(file.get()) != 0) {
    throw std::runtime_error{std::strerror(errno)};
  }
  return text;
}

}  // namespace

token_file::token_file(std::string path)
    : path_{std::move(path)},
      files_{{path_}},
      tokens_{std::make_unique<auth::access_control>(load())} {}

auth::token_list token_file::load() {
  try {
    auto tokens = auth::token_list::parse(read_file(path_));
    count_ = tokens.size();
    return tokens;
  } catch (std::runtime_error const& error) {
    throw std::runtime_error{"failed to load http-auth-file " + path_ + " - " + error.what()};
  }
}

void token_file::log_state() const {
  log::line(level::info, "AUTH: ", path_, " has ", count_, count_ == 1 ? " token" : " tokens");
}

void token_file::replace() {
  try {
    tokens_->replace(load());
    log_state();
  } catch (std::exception const& error) {
    log::line(level::error, "AUTH: the old tokens stay - ", std::string_view{error.what()});
  }
}

void token_file::reload() {
  static_cast<void>(files_.have_changed());
  replace();
}

void token_file::reload_if_changed() {
  if (files_.have_changed()) {
    replace();
  }
}

}  // namespace nsqlookupd
