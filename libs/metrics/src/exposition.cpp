// SPDX-License-Identifier: MIT
#include <nsqlookupd/metrics/exposition.hpp>

#include "process_figures.hpp"
#include <prometheus/client_metric.h>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <chrono>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

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
  void gauge(std::string name, std::string help, double value, labels with = {}) {
    gauge_family(std::move(name), std::move(help));
    gauge_sample(value, std::move(with));
  }

  void gauge_family(std::string name, std::string help) {
    begin(std::move(name), std::move(help), MetricType::Gauge);
  }

  void gauge_sample(double value, labels with) {
    ClientMetric metric;
    metric.label = std::move(with);
    metric.gauge.value = value;
    all_.back().metric.push_back(std::move(metric));
  }

  void counter(std::string name, std::string help) {
    begin(std::move(name), std::move(help), MetricType::Counter);
  }

  void sample(double value, labels with = {}) {
    ClientMetric metric;
    metric.label = std::move(with);
    metric.counter.value = value;
    all_.back().metric.push_back(std::move(metric));
  }

  void histogram(std::string name, std::string help, metrics::histogram const& observed) {
    begin(std::move(name), std::move(help), MetricType::Histogram);
    ClientMetric metric;
    std::uint64_t total = 0;
    for (std::size_t bucket = 0; bucket < observed.bounds.size(); ++bucket) {
      total += observed.count(bucket);
      metric.histogram.bucket.push_back({total, seconds(observed.bounds[bucket])});
    }
    metric.histogram.sample_count = total + observed.count(observed.bounds.size());
    metric.histogram.sample_sum = seconds(observed.sum());
    all_.back().metric.push_back(std::move(metric));
  }

  [[nodiscard]] std::vector<MetricFamily> take() { return std::move(all_); }

 private:
  void begin(std::string name, std::string help, MetricType type) {
    all_.push_back({std::move(name), std::move(help), type, {}});
  }

  std::vector<MetricFamily> all_;
};

template <std::size_t Count>
void add_named(families& to, char const* label, named_counters<Count> const& from) {
  for (std::size_t position = 0; position < Count; ++position) {
    to.sample(static_cast<double>(from.value(position)),
              {{label, std::string{from.name(position)}}});
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
        to.sample(static_cast<double>(count),
                  {{"route", std::string{routes[route]}}, {"code", text_of(code)}});
      }
    }
  }
}

void add_registry(families& to, figures const& known) {
  to.gauge("nsqlookupd_producers", "Producers (nsqd connections) that have identified themselves.",
           static_cast<double>(known.producers));
  to.gauge("nsqlookupd_topics", "Topics that are known, with or without producers.",
           static_cast<double>(known.topics));
  to.gauge("nsqlookupd_channels", "Channels that are known, with or without producers.",
           static_cast<double>(known.channels));
  to.gauge("nsqlookupd_registrations",
           "Topics and channels that producers are registered for, each producer's counted.",
           static_cast<double>(known.registrations));
}

void add_connections(families& to, counters const& counted, figures const& known) {
  to.gauge("nsqlookupd_tcp_connections", "Open connections to the TCP port.",
           static_cast<double>(counted.tcp_connections.value()));
  to.gauge("nsqlookupd_http_connections", "Open connections to the HTTP port.",
           static_cast<double>(counted.http_connections.value()));
  to.gauge(
      "nsqlookupd_unfinished_input_bytes",
      "Unfinished commands and requests that are held; --max-input-memory bounds them together "
      "with unsent replies.",
      static_cast<double>(known.unfinished_input_bytes));
  to.gauge("nsqlookupd_unsent_reply_bytes",
           "Replies that clients have not taken yet; --max-input-memory bounds them together with "
           "unfinished input.",
           static_cast<double>(known.unsent_reply_bytes));
  to.gauge("nsqlookupd_max_input_memory_bytes", "The limit of both together: --max-input-memory.",
           static_cast<double>(known.max_input_memory));
}

void add_work(families& to, counters const& counted) {
  to.counter("nsqlookupd_commands_total", "Commands of TCP clients, refused ones included.");
  add_named(to, "command", counted.commands);
  to.counter("nsqlookupd_protocol_errors_total", "Errors that were answered to TCP clients.");
  add_named(to, "code", counted.protocol_errors);
  to.counter("nsqlookupd_http_requests_total", "HTTP requests that were answered.");
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
  to.counter("nsqlookupd_log_dropped_total", "Log lines that could not be written.");
  to.sample(static_cast<double>(known.log_lines_dropped));
  to.counter("nsqlookupd_log_left_out_total",
             "Log lines that were left out because there were too many of the kind.");
  to.sample(static_cast<double>(known.log_lines_left_out));
  if (known.tls_certificate_expiry) {
    to.gauge("nsqlookupd_tls_certificate_expiry_seconds",
             "When the TLS certificate expires, since the epoch.",
             static_cast<double>(*known.tls_certificate_expiry));
  }
  if (!known.reloads.empty()) {
    to.gauge_family("nsqlookupd_reload_success",
                    "Whether the file could be used when it was last read: 1 or 0.");
    for (auto const& [file, good] : known.reloads) {
      to.gauge_sample(good ? 1 : 0, {{"file", std::string{file}}});
    }
  }
  to.gauge("nsqlookupd_build_info", "The server's version; the value is always 1.", 1,
           {{"version", known.version}, {"compiler", known.built_with}});
}

void add_process(families& to, process_figures const& found) {
  auto const gauge = [&](char const* name, char const* help, std::optional<double> value) {
    if (value) {
      to.gauge(name, help, *value);
    }
  };
  if (found.cpu_seconds) {
    to.counter("process_cpu_seconds_total", "User and system CPU time spent.");
    to.sample(*found.cpu_seconds);
  }
  gauge("process_open_fds", "Open file descriptors.", found.open_fds);
  gauge("process_max_fds", "Limit of open file descriptors.", found.max_fds);
  gauge("process_virtual_memory_bytes", "Virtual memory.", found.virtual_memory_bytes);
  gauge("process_resident_memory_bytes", "Resident memory.", found.resident_memory_bytes);
  gauge("process_start_time_seconds", "When the process began, since the epoch.",
        found.start_time_seconds);
  gauge("process_threads", "Threads of the process.", found.threads);
}

/// The counters as prometheus-cpp knows metrics.
class collector final : public prometheus::Collectable {
 public:
  collector(counters const& counted, figures const& known) : counted_{counted}, known_{known} {}

  [[nodiscard]] std::vector<MetricFamily> Collect() const override {
    families all;
    add_registry(all, known_);
    add_connections(all, counted_, known_);
    add_work(all, counted_);
    add_server(all, known_);
    add_process(all, read_process_figures(
                         counted_.tcp_connections.value() + counted_.http_connections.value(),
                         known_.proc));
    return all.take();
  }

 private:
  counters const& counted_;
  figures const& known_;
};

}  // namespace

std::string exposition(counters const& counted, figures const& known) {
  std::ostringstream text;
  prometheus::TextSerializer{}.Serialize(text, collector{counted, known}.Collect());
  return std::move(text).str();
}

}  // namespace nsqlookupd::metrics
