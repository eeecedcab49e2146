// SPDX-License-Identifier: MIT
#pragma once

#include "measurement.hpp"
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// The command that registers channel number `channel` of the topic.
[[nodiscard]] std::string register_line(std::string_view topic, std::size_t channel);

/// Every REGISTER of one producer: load::topics × load::channels.
[[nodiscard]] std::vector<std::string> commands_of(load const& how, std::size_t producer);

/// Sends commands some hundred at a time, and reads the replies.
boost::asio::awaitable<void> send_all(measurement* work, client* connection,
                                      std::vector<std::string> commands);

/// Connects and identifies.
boost::asio::awaitable<void> be_identified(measurement* work, client* producer, std::size_t number);

/// Closes them, a few at a time: so that our own closing does not hold up measurements beside it.
boost::asio::awaitable<void> close_all(measurement* work, std::vector<client*> producers);

/// Others come and register load::standing_topics × load::standing_channels, and stay.
void prepare_standing(measurement& work);

/// load::producers come, register theirs, and stay.
void prepare_producers(measurement& work);

}  // namespace bench
