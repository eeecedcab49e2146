// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/file.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace nsqlookupd::text {

std::string read_file(std::string const& path, std::size_t most) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file{std::fopen(path.c_str(), "re"),
                                                             &std::fclose};
  if (!file) throw std::runtime_error{std::strerror(errno)};
  std::string content;
  char part[4096];
  while (auto const count = std::fread(part, 1, sizeof part, file.get())) {
    content.append(part, count);
    if (content.size() > most) {
      throw std::runtime_error{"it is larger than " + std::to_string(most) + " bytes"};
    }
  }
  if (std::ferror(file.get()) != 0) throw std::runtime_error{std::strerror(errno)};
  return content;
}

}  // namespace nsqlookupd::text
