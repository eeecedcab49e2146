// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>

namespace nsqlookupd::test_support {

/// A watcher was told what it must not be told, or not told what it must be told.
class broken_contract : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads `bytes` as commands to a registration_db, as time that passes, as restarts, and as clients
/// of `/watch` that read, are slow, lose their connection and come back. Any bytes will do.
///
/// Throws broken_contract when one of the sentences of the contract does not hold: the indexes of
/// events grow; in the end each client has the last state of each topic; each state was true at its
/// index; a client that comes back with its last index has missed nothing, also after a restart;
/// changes of other topics send nothing.
void run_watch_model(std::span<std::uint8_t const> bytes);

}  // namespace nsqlookupd::test_support
