// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/reply.hpp>
#include <nsqlookupd/registry/registration_db.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <variant>

namespace nsqlookupd::http_api {

/// An answer that is too long to be written at one go: it is written slice by slice, so that others
/// have their turn at the registration_db in between. Or one that takes time, whatever is done.
class long_answer {
 public:
  long_answer() = default;
  virtual ~long_answer() = default;

  /// Writes on, for about `budget` (at least 1) producers, topics and channels visited. Returns
  /// true when the answer is complete. Throws std::bad_alloc: internal_error() is the answer then.
  /// On the registration_db's strand.
  virtual bool write_some(registry::registration_db const& db, registry::time_point now,
                          std::size_t budget) = 0;

  /// How long to let pass between the two, unless the client leaves or the server stops before.
  [[nodiscard]] virtual std::chrono::seconds pause() const noexcept { return {}; }

  /// The reply; once, after write_some() has returned true. Any thread.
  virtual reply finish() = 0;

  /// See reply::route.
  std::size_t route = no_route;

 protected:
  long_answer(long_answer&&) = default;
  long_answer& operator=(long_answer&&) = default;
};

using answer = std::variant<reply, std::unique_ptr<long_answer>>;

}  // namespace nsqlookupd::http_api
