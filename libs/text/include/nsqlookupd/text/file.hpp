// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

namespace nsqlookupd::text {

/// The content of the file at `path`, of `most` bytes at most. Throws a std::runtime_error whose
/// text is the reason alone, without the path: the system's, or that the file is too large. Any
/// thread; waits for the disk.
[[nodiscard]] std::string read_file(std::string const& path, std::size_t most);

}  // namespace nsqlookupd::text
