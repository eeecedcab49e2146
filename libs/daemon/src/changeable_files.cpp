// SPDX-License-Identifier: MIT
#include "changeable_files.hpp"

namespace nsqlookupd {

changeable_files::changeable_files(config::options const& settings)
    : certificates_{load_certificates(settings)} {
  if (!settings.http_auth_file.empty()) {
    tokens_.emplace(settings.http_auth_file);
  }
}

void changeable_files::log_state() const {
  if (certificates_) {
    certificates_->log_validity();
  }
  if (tokens_) {
    tokens_->log_state();
  }
}

void changeable_files::reload() {
  if (certificates_) {
    certificates_->reload();
  }
  if (tokens_) {
    tokens_->reload();
  }
}

void changeable_files::reload_if_changed() {
  if (certificates_) {
    certificates_->reload_if_changed();
  }
  if (tokens_) {
    tokens_->reload_if_changed();
  }
}

}  // namespace nsqlookupd
