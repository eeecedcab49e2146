// SPDX-License-Identifier: MIT
#include "reloadable_files.hpp"

#include <nsqlookupd/config/address.hpp>
#include <nsqlookupd/daemon/check_files.hpp>
#include <nsqlookupd/etcd/client.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/store/file.hpp>
#include <nsqlookupd/text/file.hpp>

#include "clustering.hpp"
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace nsqlookupd {
namespace {

using log::level;

// Ten thousand tokens: one that is shown for the first time is held against all of them.
constexpr std::size_t largest_token_file = std::size_t{1} << 20U;

constexpr std::size_t largest_password_file = 4096;

auth::token_list load_tokens(std::string const& path) {
  try {
    return auth::token_list::parse(text::read_file(path, largest_token_file));
  } catch (std::runtime_error const& error) {
    throw std::runtime_error{"failed to load http-auth-file " + path + " - " + error.what()};
  }
}

bool wants_tls(config::options const& settings) {
  if (settings.tls_required && settings.https_address.empty()) {
    throw std::runtime_error{"tls-required needs https-address, tls-cert and tls-key"};
  }
  if (!settings.https_address.empty() || !settings.tcp_tls_address.empty()) {
    return true;
  }
  if (!settings.tls_cert.empty()) {
    log::line(level::warning,
              "TLS: there is a tls-cert, but neither https-address nor "
              "tcp-tls-address is given, so TLS is spoken nowhere");
  }
  return false;
}

tls::settings tls_settings_of(config::options const& settings) {
  return {settings.tls_cert, settings.tls_key, settings.tls_root_ca_file,
          settings.tls_client_auth_policy, settings.tls_min_version};
}

}  // namespace

bool reminder::is_due(time_point now) {
  if (next_ && now < *next_) {
    return false;
  }
  next_ = now + std::chrono::hours{24};
  return true;
}

reloadable_files::reloadable_files(config::options const& settings) : settings_{settings} {
  if (wants_tls(settings)) {
    certificate_.emplace(
        std::vector{settings.tls_cert, settings.tls_key, settings.tls_root_ca_file},
        [from = tls_settings_of(settings)] { return tls::context{from}; },
        "TLS: the old certificate stays");
    note_expiry();
  }
  if (!settings.http_auth_file.empty()) {
    tokens_.emplace(
        std::vector{settings.http_auth_file},
        [path = settings.http_auth_file] { return load_tokens(path); },
        "AUTH: the old tokens stay");
    access_control_.emplace(tokens_->value());
  }
}

std::optional<std::int64_t> reloadable_files::certificate_expiry() const noexcept {
  if (!certificate_) {
    return std::nullopt;
  }
  return certificate_expiry_;
}

std::vector<std::pair<std::string_view, bool>> reloadable_files::reloads() const {
  std::vector<std::pair<std::string_view, bool>> all;
  if (certificate_) {
    all.emplace_back("tls-cert", certificate_->is_good());
  }
  if (tokens_) {
    all.emplace_back("http-auth-file", tokens_->is_good());
  }
  return all;
}

void reloadable_files::note_expiry() {
  auto const end = certificate_->value()->validity().end;
  certificate_expiry_ = std::chrono::floor<std::chrono::seconds>(end).time_since_epoch().count();
}

files_report check_files(config::options const& settings) {
  files_report report;
  auto const attempt = [&](auto const& look) {
    try {
      look();
    } catch (std::runtime_error const& error) {
      report.faults.emplace_back(error.what());
    }
  };
  for (auto const& address : {settings.tcp_address, settings.http_address, settings.tcp_tls_address,
                              settings.https_address}) {
    if (auto const parsed = config::parse_address(address); !parsed) {
      report.faults.push_back(parsed.error().reason);
    }
  }
  attempt([&] {
    if (!wants_tls(settings)) return;
    tls::context const context{tls_settings_of(settings)};
    report.found.push_back("certificate " + settings.tls_cert + " is valid until " +
                           tls::utc_text(context.validity().end));
    auto const now = std::chrono::system_clock::now();
    if (auto const trouble = tls::why_invalid(context.validity(), now); !trouble.empty()) {
      report.warnings.push_back("clients will refuse the certificate in " + settings.tls_cert +
                                " - " + trouble);
    }
  });
  attempt([&] {
    if (settings.http_auth_file.empty()) return;
    auto const count = load_tokens(settings.http_auth_file).size();
    report.found.push_back("token file " + settings.http_auth_file + " has " +
                           std::to_string(count) + (count == 1 ? " token" : " tokens"));
  });
  attempt([&] {
    if (settings.data_path.empty()) return;
    store::check_directory(settings.data_path);
    report.found.push_back("data path " + settings.data_path + " can be written");
  });
  attempt([&] {
    if (settings.cluster_etcd_endpoints.empty()) return;
    boost::asio::io_context io;
    etcd::client const client{io, etcd_settings_of(settings)};
    report.found.push_back("etcd is asked at " + settings.cluster_etcd_endpoints.front());
    if (auto const& file = settings.cluster_etcd_password_file; !file.empty()) {
      try {
        static_cast<void>(text::read_file(file, largest_password_file));
      } catch (std::runtime_error const& error) {
        throw std::runtime_error{"failed to load cluster-etcd-password-file " + file + " - " +
                                 error.what()};
      }
    }
  });
  return report;
}

void reloadable_files::log_state() {
  if (certificate_) {
    log_certificate();
  }
  if (tokens_) {
    log_tokens();
  }
}

void reloadable_files::log_certificate() {
  auto const& validity = certificate_->value()->validity();
  if (tls::why_invalid(validity, std::chrono::system_clock::now()).empty()) {
    log::line(level::info, "TLS: certificate ", settings_.tls_cert, " is valid until ",
              tls::utc_text(validity.end));
  }
  remind_of_validity();
}

void reloadable_files::remind_of_validity() {
  auto const now = std::chrono::system_clock::now();
  auto const& context = *certificate_->value();
  auto const trouble = tls::why_invalid(context.validity(), now);
  auto const root_trouble =
      context.root_validity() ? tls::why_invalid(*context.root_validity(), now) : "";
  if ((trouble.empty() && root_trouble.empty()) ||
      !reminder_.is_due(std::chrono::steady_clock::now())) {
    return;
  }
  if (!trouble.empty()) {
    log::line(level::error, "TLS: clients will refuse the certificate in ", settings_.tls_cert,
              " - ", trouble);
  }
  if (!root_trouble.empty()) {
    log::line(level::error, "TLS: no client will be let in by the root certificate in ",
              settings_.tls_root_ca_file, " - ", root_trouble);
  }
}

void reloadable_files::log_tokens() const {
  auto const count = tokens_->value()->size();
  log::line(level::info, "AUTH: ", settings_.http_auth_file, " has ", count,
            count == 1 ? " token" : " tokens");
}

void reloadable_files::reload(reload_when when) {
  if (!are_any() && when == reload_when::always) {
    log::line(
        level::info,
        "SIGHUP: there is nothing to re-read: neither certificates nor tokens are configured");
  }
  if (certificate_ && certificate_->reload(when)) {
    note_expiry();
    reminder_.reset();
    log_certificate();
  } else if (certificate_) {
    remind_of_validity();
  }
  if (tokens_ && tokens_->reload(when)) {
    access_control_->replace(tokens_->value());
    log_tokens();
  }
}

}  // namespace nsqlookupd
