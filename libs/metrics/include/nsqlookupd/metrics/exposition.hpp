// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/metrics/counters.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd::metrics {

inline constexpr char const* usual_proc = "/proc";

/// Figures of a server that is a member of a cluster.
struct cluster_figures {
  std::uint64_t members = 0;
  /// Producers whose connections are at others.
  std::uint64_t member_producers = 0;
  bool is_synced = false;
  /// Seconds since 1970; 0: never.
  std::int64_t last_sync = 0;
};

/// Figures that are not counted but read when `/metrics` is asked for.
struct figures {
  std::uint64_t producers = 0;
  std::uint64_t topics = 0;
  std::uint64_t empty_topics = 0;
  std::uint64_t restored_producers = 0;
  std::uint64_t channels = 0;
  std::uint64_t registrations = 0;
  std::uint64_t watchers = 0;
  std::uint64_t unfinished_input_bytes = 0;
  std::uint64_t unsent_reply_bytes = 0;
  std::uint64_t max_input_memory = 0;
  std::uint64_t store_errors = 0;
  std::uint64_t log_lines_dropped = 0;
  std::uint64_t log_lines_left_out = 0;
  /// The end of the certificate's validity, in seconds since 1970; nothing where no TLS is spoken.
  std::optional<std::int64_t> tls_certificate_expiry = {};
  /// Whether what is in use is what was read last, by the setting that names the file.
  std::vector<std::pair<std::string_view, bool>> reloads = {};
  /// Nothing where the server is alone.
  std::optional<cluster_figures> cluster = {};
  std::string version = {};
  std::string built_with = {};
  /// Linux's directory of the process. A figure that cannot be read there is left out.
  std::filesystem::path proc = usual_proc;
};

/// All metrics in Prometheus' text format 0.0.4, those of the process included. Any thread; takes
/// about a quarter of a millisecond.
[[nodiscard]] std::string exposition(counters const& counted, figures const& known);

}  // namespace nsqlookupd::metrics
