// SPDX-License-Identifier: MIT
#include "certificates.hpp"

#include <nsqlookupd/log/log.hpp>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string_view>

namespace nsqlookupd {
namespace {

using log::level;

tls::client_auth policy_of(config::tls_client_auth_policy policy) {
  switch (policy) {
    case config::tls_client_auth_policy::none:
      return tls::client_auth::none;
    case config::tls_client_auth_policy::require:
      return tls::client_auth::require;
    case config::tls_client_auth_policy::require_verify:
      break;
  }
  return tls::client_auth::require_verify;
}

tls::version version_of(config::tls_version version) {
  switch (version) {
    case config::tls_version::tls_1_0:
      return tls::version::tls_1_0;
    case config::tls_version::tls_1_1:
      return tls::version::tls_1_1;
    case config::tls_version::tls_1_2:
      return tls::version::tls_1_2;
    case config::tls_version::tls_1_3:
      break;
  }
  return tls::version::tls_1_3;
}

}  // namespace

certificates::certificates(config::options const& settings)
    : settings_{settings.tls_cert, settings.tls_key, settings.tls_root_ca_file,
                policy_of(settings.tls_client_auth_policy), version_of(settings.tls_min_version)},
      files_{{settings.tls_cert, settings.tls_key, settings.tls_root_ca_file}} {
  load();
}

void certificates::load() {
  current_ = std::make_unique<tls::context>(settings_, std::chrono::system_clock::now());
}

void certificates::log_validity() const {
  log::line(level::info, "TLS: certificate ", settings_.certificate_file, " is valid until ",
            current_->valid_until());
}

void certificates::replace() {
  try {
    load();
    log_validity();
  } catch (std::exception const& error) {
    log::line(level::error, "TLS: the old certificate stays - ", std::string_view{error.what()});
  }
}

void certificates::reload() {
  static_cast<void>(files_.have_changed());
  replace();
}

void certificates::reload_if_changed() {
  if (files_.have_changed()) {
    replace();
  }
}

std::optional<certificates> load_certificates(config::options const& settings) {
  if (settings.tls_required && settings.https_address.empty()) {
    throw std::runtime_error{"tls-required needs https-address, tls-cert and tls-key"};
  }
  if (!settings.https_address.empty() || !settings.tcp_tls_address.empty()) {
    return std::make_optional<certificates>(settings);
  }
  if (!settings.tls_cert.empty()) {
    log::line(level::warning,
              "TLS: there is a tls-cert, but neither https-address nor "
              "tcp-tls-address is given, so TLS is spoken nowhere");
  }
  return std::nullopt;
}

// As in nsqd, whoever wants to see certificates does not want requests without.
bool requires_tls(config::options const& settings) noexcept {
  return settings.tls_required ||
         (!settings.https_address.empty() &&
          settings.tls_client_auth_policy != config::tls_client_auth_policy::none);
}

}  // namespace nsqlookupd
