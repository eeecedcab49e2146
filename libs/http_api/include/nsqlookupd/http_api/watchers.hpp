// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/change.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <boost/intrusive/list.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {

/// The keys of changes that are of no single topic. A topic's own name is the key of its lookup;
/// none of these is a valid name.
namespace change_key {
inline constexpr std::string_view topics = "/topics";
inline constexpr std::string_view nodes = "/nodes";
inline constexpr std::string_view any = "*";
}  // namespace change_key

class watchers;

/// A request that waits for changes, or a stream of them. Lives in its session.
class watcher {
 public:
  watcher() = default;
  watcher(watcher const&) = delete;
  watcher& operator=(watcher const&) = delete;
  /// It must have been taken out of its watchers.
  virtual ~watcher() = default;

  /// Something has changed at `when`. Must not block, nor call watchers. On the strand of
  /// watchers::wake_some().
  virtual void wake(registry::time_point when) noexcept = 0;

 private:
  friend class watchers;
  struct key_entry;
  struct subscription : boost::intrusive::list_base_hook<
                            boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    key_entry* key = nullptr;
    watcher* owner = nullptr;
  };
  using subscriptions =
      boost::intrusive::list<subscription, boost::intrusive::constant_time_size<false>>;
  struct key_entry {
    /// Its own in the map.
    std::string_view name;
    /// Those that are not due.
    subscriptions waiting;
    std::size_t count = 0;
    /// When it last changed.
    registry::time_point changed_at;
  };

  std::unique_ptr<subscription[]> subscriptions_;
  std::size_t count_ = 0;
};

/// All that wait for changes, by what they wait for. A change marks those of its keys, however
/// many, at once; wake_some() then wakes them bit by bit, so that nobody else has to wait.
///
/// Thread-safe.
class watchers final : public registry::change_listener {
 public:
  /// `limit`: how many there may be at a time, each sixteen keys of one watcher counted for one; 0:
  /// no limit.
  explicit watchers(std::size_t limit = 0) : limit_{limit} {}
  ~watchers() override;

  /// From now on `fresh` is woken by changes of `keys`, which are not empty. False, and it is not,
  /// when there are as many as there may be. A change that was made before, but not told yet, wakes
  /// it, too.
  [[nodiscard]] bool add(watcher& fresh, std::span<std::string const> keys);

  /// Ends that; also when it was never added. It is not woken any more when this returns.
  void remove(watcher& gone) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// True when wake_some() has somebody to wake.
  [[nodiscard]] bool are_due() const noexcept { return are_due_; }

  /// Wakes up to `count` of those whose keys have changed, first come first served. Returns true
  /// when more are due. On the registration_db's strand.
  bool wake_some(std::size_t count);

  /// Marks all.
  void mark_all();

  void on_change(registry::change const& made) override;
  void on_lookup_changed(std::string_view topic) override;

 private:
  using key_entry = watcher::key_entry;
  using subscription = watcher::subscription;
  using subscriptions = watcher::subscriptions;

  void mark(std::string_view key);
  void mark(key_entry& changed);

  std::size_t limit_;
  std::size_t cost_ = 0;
  std::atomic<std::size_t> size_{0};
  std::atomic<bool> are_due_{false};
  std::mutex mutex_;
  std::map<std::string, key_entry, std::less<>> keys_;
  subscriptions due_;
  registry::time_point last_change_;
};

}  // namespace nsqlookupd::http_api
