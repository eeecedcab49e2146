// SPDX-License-Identifier: MIT
#include "target.hpp"

#include <nsqlookupd/log/format_line.hpp>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace nsqlookupd::fuzz {

void require(bool holds, std::string_view description, std::string_view shown) {
  if (holds) {
    return;
  }
  std::fprintf(stderr, "FINDING: not true: %.*s\n%.*s\n", static_cast<int>(description.size()),
               description.data(), static_cast<int>(shown.size()), shown.data());
  std::abort();
}

void require_one_log_line(std::string_view message) {
  auto const line = log::format_line(log::line_format::text, "", log::level::info, message, {});
  auto const is_control = [](char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f;
  };
  require(line.ends_with('\n') && std::count_if(line.begin(), line.end(), is_control) == 1,
          "the log has one line of it, without control bytes", line);
  auto const object = log::format_line(log::line_format::json, "", log::level::info, message, {});
  require(object.find('\n') == object.size() - 1, "as JSON it is one line, too", object);
  require_json(object);
}

void require_json(std::string_view text) {
  boost::system::error_code error;
  boost::json::parse({text.data(), text.size()}, error);
  require(!error, "it is JSON", text);
}

std::string_view cutter::take(std::string_view& stream) {
  auto size = stream.size();
  if (seed_ == 1) {
    size = std::min<std::size_t>(size, 1);
  } else if (seed_ != 0) {
    // Knuth's multiplier; the upper bits are the random ones.
    state_ = state_ * 1664525U + 1013904223U;
    auto const wanted = std::size_t{1} << (state_ >> 28U);
    size = std::min(size, wanted);
  }
  auto const piece = stream.substr(0, size);
  stream.remove_prefix(size);
  return piece;
}

}  // namespace nsqlookupd::fuzz
