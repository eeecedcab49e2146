// SPDX-License-Identifier: MIT
#include "memory_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace nsqlookupd::fuzz {
namespace {

void must(bool done, char const* operation) {
  if (!done) {
    throw std::system_error{errno, std::generic_category(), operation};
  }
}

}  // namespace

memory_file::memory_file() : descriptor_{::memfd_create("fuzz", MFD_CLOEXEC)} {
  must(descriptor_.number() >= 0, "memfd_create");
  path_ = "/proc/self/fd/" + std::to_string(descriptor_.number());
}

void memory_file::write(std::string_view bytes) {
  must(::ftruncate(descriptor_.number(), 0) == 0, "ftruncate");
  auto const written = ::pwrite(descriptor_.number(), bytes.data(), bytes.size(), 0);
  must(written == static_cast<ssize_t>(bytes.size()), "pwrite");
}

}  // namespace nsqlookupd::fuzz
