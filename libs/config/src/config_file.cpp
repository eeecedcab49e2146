// SPDX-License-Identifier: MIT
#include "config_file.hpp"

#include <toml++/toml.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <sstream>
#include <system_error>
#include <utility>

namespace nsqlookupd::config {
namespace {

/// Far more than every key with a comment needs; what is larger was named by mistake.
constexpr std::size_t largest_file = 65'536;

struct close_file {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

bad_value system_error(std::string const& attempt, int error) {
  auto reason = std::generic_category().message(error);
  // As Go says it: the reason stands within a line.
  if (!reason.empty() && reason.front() >= 'A' && reason.front() <= 'Z') {
    reason.front() = static_cast<char>(reason.front() - 'A' + 'a');
  }
  return bad_value{attempt + ": " + reason};
}

result<std::string> read_file(std::string const& path) {
  std::unique_ptr<std::FILE, close_file> const file{std::fopen(path.c_str(), "re")};
  if (!file) return system_error("open " + path, errno);
  std::string text(largest_file + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return system_error("read " + path, errno);
  if (text.size() > largest_file) {
    return bad_value{"it is larger than " + std::to_string(largest_file) + " bytes"};
  }
  // Said outright, because a bad_value could be made from a string as well.
  return result<std::string>{boost::system::in_place_value, std::move(text)};
}

/// What to call a value in a message, if it is of a type that no setting has.
std::string shown(toml::node const& node) {
  if (node.is_array()) return "[...]";
  if (node.is_table()) return "{...}";
  std::ostringstream out;
  node.visit([&out](auto const& typed) {
    if constexpr (toml::is_value<decltype(typed)>) out << typed;
  });
  return out.str();
}

file_value to_file_value(toml::node const& node) {
  std::size_t const line = node.source().begin.line;
  if (auto const* string = node.as_string()) {
    return {file_value::kind::string, string->get(), line};
  }
  if (auto const* integer = node.as_integer()) {
    return {file_value::kind::integer, std::to_string(integer->get()), line};
  }
  if (auto const* boolean = node.as_boolean()) {
    return {file_value::kind::boolean, boolean->get() ? "true" : "false", line};
  }
  return {file_value::kind::other, shown(node), line};
}

}  // namespace

result<config_file> load_config_file(std::string const& path) {
  auto const text = read_file(path);
  if (!text) return text.error();
  try {
    config_file entries;
    for (auto const& [key, node] : toml::parse(*text)) {
      entries.emplace(key.str(), to_file_value(node));
    }
    return entries;
  } catch (toml::parse_error const& error) {
    return bad_value{"toml: line " + std::to_string(error.source().begin.line) + ": " +
                     std::string{error.description()}};
  }
}

}  // namespace nsqlookupd::config
