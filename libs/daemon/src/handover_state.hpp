// SPDX-License-Identifier: MIT
//
// The state that one program leaves to the next: in a file in memory, by a descriptor that stays
// open. Its format belongs to the programs that know its version, and to nobody else.
#pragma once

#include <nsqlookupd/net/saved_client.hpp>
#include <nsqlookupd/registry/registration_db.hpp>
#include <nsqlookupd/registry/snapshot.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd {

/// A socket that listens.
struct saved_listener {
  /// The flag that names its address, and the address as it was given.
  std::string flag;
  std::string address;
  int descriptor = -1;
  /// Whether a service manager has bound it, for whatever address there is.
  bool is_shared = false;

  /// Whether it is the socket for the address that the flag names.
  [[nodiscard]] bool serves(std::string_view its_flag, std::string_view its_address) const {
    return flag == its_flag && (is_shared || address == its_address);
  }
};

/// Everything that goes on in the next program.
struct handover_state {
  /// When the server stood still for it, by the steady clock, in nanoseconds.
  std::int64_t began = 0;
  std::vector<saved_listener> listeners = {};
  /// The directory where the state is stored, and the descriptor that keeps others out; -1: none.
  std::string data_path = {};
  int data_lock = -1;
  /// Under which the server is a member of a cluster; 0: it is none.
  std::int64_t cluster_lease = 0;
  registry::snapshot registry = {};
  std::vector<net::saved_client> clients = {};
};

/// A file in memory, which a program that is executed does not get unless it is told so.
class memory_file {
 public:
  /// Throws std::system_error.
  explicit memory_file(std::string_view content);
  memory_file(memory_file const&) = delete;
  memory_file& operator=(memory_file const&) = delete;
  ~memory_file();

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

[[nodiscard]] std::string format(handover_state const& state);

/// Reads what format() has written. Throws std::runtime_error with one line when the file is no
/// such state, of another version, or not whole.
[[nodiscard]] handover_state read_handover(int descriptor);

/// The same, and closes the file; nothing when `descriptor` is -1.
[[nodiscard]] std::optional<handover_state> take_handover(int descriptor);

/// Brings the registry of `state` back, and gives its sessions the ids of their producers there,
/// which it returns all. A producer without a session, since its connection could not go on, is
/// restored: `back_until` is the end of its grace. Throws std::out_of_range when the state is not
/// whole.
std::vector<registry::producer_id> resume(registry::registration_db& db, handover_state& state,
                                          registry::time_point back_until);

}  // namespace nsqlookupd
