// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <string>

namespace nsqlookupd::test_support {

/// A certificate and its key, in PEM.
struct identity {
  std::string certificate;
  std::string key;
};

/// From when until when a certificate is valid, from now.
struct validity {
  std::chrono::seconds begin{-3600};
  std::chrono::seconds end{3600};
};

/// Makes certificates for tests, with keys that nobody else ever has.
class certificate_authority {
 public:
  explicit certificate_authority(std::string const& name = "a test's authority",
                                 validity valid = {});
  certificate_authority(certificate_authority const&) = delete;
  certificate_authority& operator=(certificate_authority const&) = delete;
  ~certificate_authority();

  /// Its own certificate, in PEM.
  [[nodiscard]] std::string const& root() const noexcept { return root_; }

  /// Somebody new: good for a server on this machine, and for a client.
  [[nodiscard]] identity issue(std::string const& name, validity valid = {}) const;

 private:
  struct secrets;

  std::unique_ptr<secrets> secrets_;
  std::string root_;
};

}  // namespace nsqlookupd::test_support
