// SPDX-License-Identifier: MIT
#include <nsqlookupd/metrics/exposition.hpp>

#include "process_figures.hpp"
#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <chrono>
#include <sstream>

namespace nsqlookupd::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

/// Builds the families one after the other.
class families {
 public:
  /// Begins a family, whose samples follow.
  void begin(MetricType type, std::string name, std::string help) {
    all_.push_back({std::move(name), std::move(help), type, {}});
  }

  template <class Number>
  void sample(Number value, labels with = {}) {
    auto& family = all_.back();
    auto& metric = family.metric.emplace_back();
    metric.label = std::move(with);
    bool const is_gauge = family.type == MetricType::Gauge;
    (is_gauge ? metric.gauge.value : metric.counter.value) = static_cast<double>(value);
  }

  template <class Number>
  void gauge(std::string name, std::string help, Number value, labels with = {}) {
    begin(MetricType::Gauge, std::move(name), std::move(help));
    sample(value, std::move(with));
  }

  template <auto const& Bounds>
  void histogram(std::string name, std::string help, metrics::histogram<Bounds> const& observed) {
    begin(MetricType::Histogram, std::move(name), std::move(help));
    observations(observed);
  }

  template <auto const& Bounds>
  void observations(metrics::histogram<Bounds> const& observed, labels with = {}) {
    auto& metric = all_.back().metric.emplace_back();
    metric.label = std::move(with);
    std::uint64_t total = 0;
    for (std::size_t bucket = 0; bucket < observed.bounds.size(); ++bucket) {
      total += observed.count(bucket);
      metric.histogram.bucket.push_back({total, seconds(observed.bounds[bucket])});
    }
    metric.histogram.sample_count = total + observed.count(observed.bounds.size());
    metric.histogram.sample_sum = seconds(observed.sum());
  }

  [[nodiscard]] std::vector<MetricFamily> take() { return std::move(all_); }

 private:
  std::vector<MetricFamily> all_;
};

template <std::size_t Count>
void add_named(families& to, char const* label, named_counters<Count> const& from) {
  for (std::size_t position = 0; position < Count; ++position) {
    to.sample(from.value(position), {{label, std::string{from.name(position)}}});
  }
}

std::string text_of(unsigned status) {
  return status == 0 ? "other" : std::to_string(status);
}

// Good answers and failures of each route are there from the start, so that the
// first of them is an increase; other statuses once they have happened.
void add_requests(families& to, request_counters const& from) {
  auto const routes = from.routes();
  for (std::size_t route = 0; route < routes.size(); ++route) {
    for (std::size_t status = 0; status < from.statuses.size(); ++status) {
      auto const count = from.value(route, status);
      auto const code = from.statuses[status];
      if (count != 0 || code == 200 || code == 500) {
        to.sample(count, {{"route", std::string{routes[route]}}, {"code", text_of(code)}});
      }
    }
  }
}

void add_registry(families& to, figures const& known) {
  to.gauge("nsqlookupd_producers", "Producers (nsqd connections) that have identified themselves.",
           known.producers);
  to.gauge("nsqlookupd_restored_producers",
           "Producers that were known before the restart and whose connection is not back yet.",
           known.restored_producers);
  to.gauge("nsqlookupd_topics", "Topics that are known, with or without producers.", known.topics);
  to.gauge("nsqlookupd_empty_topics", "Topics that no producer has registered.",
           known.empty_topics);
  to.gauge("nsqlookupd_channels", "Channels that are known, with or without producers.",
           known.channels);
  to.gauge("nsqlookupd_registrations",
           "Topics and channels that producers are registered for, each producer's counted.",
           known.registrations);
}

void add_changes(families& to, counters const& counted, figures const& known) {
  to.begin(MetricType::Counter, "nsqlookupd_changes_total", "Changes of the registry.");
  add_named(to, "kind", counted.changes);
  to.gauge("nsqlookupd_watchers", "Waiting requests and streams; -max-watchers bounds them.",
           known.watchers);
  to.histogram("nsqlookupd_watch_delay_seconds",
               "From when the registry changed to when a watcher's answer was ready to be sent.",
               counted.watch_delay);
}

void add_cluster(families& to, etcd_counters const& counted, cluster_figures const& known) {
  to.gauge("nsqlookupd_cluster_members", "Members of the cluster, this one included.",
           known.members);
  to.gauge("nsqlookupd_cluster_producers", "Producers whose connections are at other members.",
           known.member_producers);
  to.gauge("nsqlookupd_cluster_synced", "Whether this member follows the others.",
           known.is_synced ? 1 : 0);
  to.gauge("nsqlookupd_cluster_last_sync_seconds",
           "When this member last was in sync with the others, since 1970; 0 if it never was.",
           known.last_sync);
  to.begin(MetricType::Counter, "nsqlookupd_cluster_etcd_requests_total",
           "Requests to etcd, by operation and result.");
  for (std::size_t operation = 0; operation < counted.operations.size(); ++operation) {
    for (std::size_t code = 0; code < counted.codes.size(); ++code) {
      auto const count = counted.count(operation, code);
      if (count != 0 || code == 0) {
        to.sample(count, {{"op", std::string{counted.operations[operation]}},
                          {"code", std::string{counted.codes[code]}}});
      }
    }
  }
  to.begin(MetricType::Histogram, "nsqlookupd_cluster_etcd_request_duration_seconds",
           "How long requests to etcd took.");
  for (std::size_t operation = 0; operation < counted.operations.size(); ++operation) {
    to.observations(counted.duration(operation),
                    {{"op", std::string{counted.operations[operation]}}});
  }
}

void add_connections(families& to, counters const& counted, figures const& known) {
  to.gauge("nsqlookupd_tcp_connections", "Open connections to the TCP port.",
           counted.tcp_connections.value());
  to.gauge("nsqlookupd_http_connections", "Open connections to the HTTP port.",
           counted.http_connections.value());
  to.gauge("nsqlookupd_unfinished_input_bytes",
           "Unfinished commands and requests that are held; -max-input-memory bounds them together "
           "with unsent replies.",
           known.unfinished_input_bytes);
  to.gauge("nsqlookupd_unsent_reply_bytes",
           "Replies that clients have not taken yet; -max-input-memory bounds them together with "
           "unfinished input.",
           known.unsent_reply_bytes);
  to.gauge("nsqlookupd_max_input_memory_bytes", "The limit of both together: -max-input-memory.",
           known.max_input_memory);
}

void add_work(families& to, counters const& counted) {
  to.begin(MetricType::Counter, "nsqlookupd_commands_total",
           "Commands of TCP clients, refused ones included.");
  add_named(to, "command", counted.commands);
  to.begin(MetricType::Counter, "nsqlookupd_protocol_errors_total",
           "Errors that were answered to TCP clients.");
  add_named(to, "code", counted.protocol_errors);
  to.begin(MetricType::Counter, "nsqlookupd_http_requests_total",
           "HTTP requests that were answered.");
  add_requests(to, counted.http_requests);
  to.histogram("nsqlookupd_http_request_duration_seconds",
               "From when an HTTP request was read whole to when its answer was ready to be sent.",
               counted.http_request_duration);
  to.histogram("nsqlookupd_command_duration_seconds",
               "From when TCP input was read to when the replies to all commands in it were ready.",
               counted.command_duration);
  to.histogram("nsqlookupd_actor_queue_seconds",
               "How late the registry's owner came to what was due, sampled ten times a second.",
               counted.actor_queue);
}

void add_server(families& to, figures const& known) {
  to.begin(MetricType::Counter, "nsqlookupd_store_errors_total",
           "Failures to write the file under -data-path.");
  to.sample(known.store_errors);
  to.begin(MetricType::Counter, "nsqlookupd_log_dropped_total",
           "Log lines that could not be written.");
  to.sample(known.log_lines_dropped);
  to.begin(MetricType::Counter, "nsqlookupd_log_left_out_total",
           "Log lines that were left out because there were too many of the kind.");
  to.sample(known.log_lines_left_out);
  if (known.tls_certificate_expiry) {
    to.gauge("nsqlookupd_tls_certificate_expiry_seconds",
             "When the TLS certificate expires, since the epoch.", *known.tls_certificate_expiry);
  }
  if (!known.reloads.empty()) {
    to.begin(MetricType::Gauge, "nsqlookupd_reload_success",
             "Whether the file could be used when it was last read: 1 or 0.");
    for (auto const& [file, good] : known.reloads) {
      to.sample(good ? 1 : 0, {{"file", std::string{file}}});
    }
  }
  to.gauge("nsqlookupd_build_info", "The server's version; the value is always 1.", 1,
           {{"version", known.version}, {"compiler", known.built_with}});
}

void add_process(families& to, counters const& counted, figures const& known) {
  auto const connections = counted.tcp_connections.value() + counted.http_connections.value();
  for (auto const& [name, help, value] : read_process_figures(connections, known.proc)) {
    bool const is_counter = std::string_view{name}.ends_with("_total");
    to.begin(is_counter ? MetricType::Counter : MetricType::Gauge, name, help);
    to.sample(value);
  }
}

}  // namespace

std::string exposition(counters const& counted, figures const& known) {
  families all;
  add_registry(all, known);
  add_changes(all, counted, known);
  if (known.cluster) {
    add_cluster(all, counted.etcd, *known.cluster);
  }
  add_connections(all, counted, known);
  add_work(all, counted);
  add_server(all, known);
  add_process(all, counted, known);
  std::ostringstream text;
  prometheus::TextSerializer{}.Serialize(text, all.take());
  return std::move(text).str();
}

}  // namespace nsqlookupd::metrics
