// SPDX-License-Identifier: MIT
#pragma once

#include <iosfwd>
#include <string>

namespace nsqlookupd {

/// Writes to `out` the line of the token in the first line of `in`, as the file of
/// `-http-auth-file` has it. `right` is `read` or `write`. Returns nothing when it is done, else
/// one line that says what is wrong.
[[nodiscard]] std::string hash_token(std::string const& name, std::string const& right,
                                     std::istream& in, std::ostream& out);

}  // namespace nsqlookupd
