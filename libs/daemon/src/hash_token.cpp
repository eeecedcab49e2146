// SPDX-License-Identifier: MIT
#include <nsqlookupd/auth/token_list.hpp>
#include <nsqlookupd/daemon/hash_token.hpp>

#include <istream>
#include <ostream>
#include <stdexcept>

namespace nsqlookupd {

std::string hash_token(std::string const& name, std::string const& right, std::istream& in,
                       std::ostream& out) {
  std::string token;
  std::getline(in, token);
  if (token.ends_with('\r')) {
    token.pop_back();
  }
  try {
    out << auth::make_line(name, right, token) << '\n' << std::flush;
    return out ? "" : "hash-token cannot write the line";
  } catch (std::runtime_error const& error) {
    return std::string{"hash-token: "} + error.what();
  }
}

}  // namespace nsqlookupd
