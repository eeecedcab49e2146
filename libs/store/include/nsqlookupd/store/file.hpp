// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/time.hpp>
#include <nsqlookupd/rows/batch.hpp>
#include <nsqlookupd/store/state.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace nsqlookupd::store {

class database;
class directory_lock;

/// Throws std::runtime_error with one line when `directory` is none, or may not be written. Whether
/// a server uses it does not matter. Changes nothing.
void check_directory(std::string const& directory);

/// The file that has the registry's state: `nsqlookupd.db`, of SQLite, in a directory that no other
/// server uses. Anybody may look at it meanwhile:
///
///     sqlite3 nsqlookupd.db 'select * from registrations'
///
///     meta(key, value)         `revision`, the last one; `alive_at`, when the server last ran
///     topics(topic, channels)  channels: ["channel",…]
///     producers(id, remote_address, hostname, broadcast_address, tcp_port, http_port, version,
///               topology_zone, topology_region, last_seen, silent, registrations, tombstones)
///                              registrations: {"topic":["channel",…],…}; tombstones:
///                              {"topic":time}; silent: 1 when it was last seen at last_seen, 0
///                              when it was connected as long as the server was alive
///     registrations(id, broadcast_address, topic, channel), channels(topic, channel)
///                              views of the same, one by one
///
/// Times are microseconds since 1970. `pragma user_version` is the version of this schema. The file
/// is written ahead (WAL), and synchronized with the disk now and then: whatever kills the process
/// or the machine, the file is whole.
///
/// A file that is broken, or of a newer schema, is moved aside, to `nsqlookupd.db.broken-TIME` or
/// `.newer-TIME`, with one line in the log; a fresh one takes its place.
///
/// For one thread at a time. Waits for the disk.
class file {
 public:
  /// Locks the directory until the end of its life. Throws std::runtime_error with one line when it
  /// is none, may not be written, or another server uses it. `locked`: the descriptor by which this
  /// process has locked it already; -1: none.
  explicit file(std::string const& directory, int locked = -1);
  file(file&&) noexcept;
  file& operator=(file&&) noexcept;
  ~file();

  [[nodiscard]] std::string const& path() const noexcept { return path_; }

  /// The descriptor that locks the directory. Any thread.
  [[nodiscard]] int lock() const noexcept;

  /// Reads all that is stored. Returns nothing, after a line in the log, when that is not possible.
  /// `now`: the time in the name of a file that is moved aside.
  [[nodiscard]] state load(registry::time_point now);

  /// Writes the rows, as a transaction that ends with a complete batch. Throws std::runtime_error
  /// with the reason; the file then is what it was before the transaction, and the next batch must
  /// begin anew. `now`: the moment at which the server is alive.
  void write(rows::batch const& rows, registry::time_point now);

  /// Stores that the server is alive at `now`. Throws as write() does.
  void touch(registry::time_point now);

  /// Closes the file, so that it needs no other beside it. A transaction that is not complete is
  /// given up.
  void close() noexcept;

 private:
  /// Calls `use(database&)`, with the file opened.
  template <class Use>
  void with_database(registry::time_point now, Use const& use);
  void open(registry::time_point now);
  /// Reads a file that cannot be opened to be written.
  [[nodiscard]] bool read_unwritable(state& into) const;
  void move_aside(std::string_view kind, std::string_view reason, registry::time_point now);

  std::unique_ptr<directory_lock> lock_;
  std::string path_;
  std::unique_ptr<database> opened_;
};

}  // namespace nsqlookupd::store
