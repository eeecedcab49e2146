// SPDX-License-Identifier: MIT
//
// One item of a listing as a line of text, so that listings compare and print as they are. The
// registry and its model both write their answers with these.
#pragma once

#include <nsqlookupd/registry/registration_db.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::test_support {

using lines = std::vector<std::string>;

/// `remote_address`, then `/hostname` when there is one.
[[nodiscard]] std::string peer_line(registry::peer_info const& peer);

/// `peer: a b!`, the topics with a `!` where it is tombstoned.
[[nodiscard]] std::string node_line(registry::peer_info const& peer,
                                    std::span<registry::node_topic const> topics);

/// `peer@7`, and `peer@7!5` when it was tombstoned at 5 (nanoseconds).
[[nodiscard]] std::string entry_line(registry::peer_info const& peer,
                                     registry::time_point last_update,
                                     std::optional<registry::time_point> tombstoned_at);

/// `topic@7`, empty since 7.
[[nodiscard]] std::string empty_topic_line(std::string_view topic, registry::time_point since);

/// `kind topic/channel peer`, without what the change is not about.
[[nodiscard]] std::string change_line(registry::change const& made);

/// `topic/channel: peer@7 peer@8`, without the `/` for the topic's own entry.
[[nodiscard]] std::string registration_line(std::string_view topic, std::string_view channel,
                                            lines const& entries);

}  // namespace nsqlookupd::test_support
