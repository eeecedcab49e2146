// SPDX-License-Identifier: MIT
#pragma once

#include "scratch_directory.hpp"
#include "server_process.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::e2e {

/// A server that stores its state in a directory of its own, and is ended and started again there.
class stored_server {
 public:
  /// Starts it with these flags and -data-path. Unless they say otherwise, everything is stored at
  /// once, and what is restored waits for an hour.
  explicit stored_server(std::vector<std::string> const& flags = {});

  /// The server that runs. Its ports are others after each start.
  [[nodiscard]] server_process& running() { return *running_; }

  /// A client of its HTTP port.
  [[nodiscard]] test_support::http_client http_client() const { return running_->http_client(); }

  /// Starts it again, when it has ended.
  void start(std::vector<std::string> const& flags = {});
  /// The same, with anything else that a start can have.
  void start_as(server_start how);

  /// Ends it by SIGKILL.
  void kill();

  /// Ends it by SIGTERM, and returns its exit status.
  int stop() { return running_->stop(); }

  /// Ends it as kill() does, and starts it.
  void restart(std::vector<std::string> const& flags = {});

  /// Returns when all that was answered before is stored. Throws std::runtime_error when it never
  /// is.
  void settle();

  /// See server_process.
  [[nodiscard]] test_support::lookup_client producer(
      std::string_view broadcast_address,
      std::vector<std::string> const& registrations = {}) const {
    return running_->producer(broadcast_address, registrations);
  }
  [[nodiscard]] double metric(std::string_view sample) const { return running_->metric(sample); }

  /// The member of each producer in the answer to `/lookup`, sorted: none for a topic that is not
  /// known.
  [[nodiscard]] std::vector<std::string> producers_of(
      std::string_view topic, std::string_view member = "broadcast_address") const;

  /// The member `name` of the answer, a list of texts.
  [[nodiscard]] std::vector<std::string> listed(std::string_view target,
                                                std::string_view name) const;

  /// The changes of this cause, each as `kind topic/channel`, the oldest first.
  [[nodiscard]] std::vector<std::string> changes_by(std::string_view cause) const;

  [[nodiscard]] std::string path(std::string_view name = {}) const { return directory_.path(name); }
  [[nodiscard]] std::string file() const { return path("nsqlookupd.db"); }

  /// Executes statements of SQLite on the file.
  void change_file(std::string const& sql) const;

 private:
  test_support::scratch_directory directory_;
  std::optional<server_process> running_;
  std::size_t settled_ = 0;
};

/// The text that is the member of each object in the list, sorted.
[[nodiscard]] std::vector<std::string> members_of(std::string_view body, std::string_view list,
                                                  std::string_view member);

}  // namespace nsqlookupd::e2e
