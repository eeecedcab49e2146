// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/tls/context.hpp>

#include "certificate_authority.hpp"
#include "scratch_directory.hpp"

#include <string>

namespace nsqlookupd::tls::test {

/// A server's files, signed by an authority that the tests have, and the settings that name them.
struct tls_files {
  tls_files();

  test_support::certificate_authority authority;
  test_support::scratch_directory directory;
  tls::settings settings;
};

/// A context that is made now.
[[nodiscard]] context make_context(tls::settings const& from);

/// The text of the exception that making a context throws; empty when it throws none.
[[nodiscard]] std::string error_of(tls::settings const& from);

}  // namespace nsqlookupd::tls::test
