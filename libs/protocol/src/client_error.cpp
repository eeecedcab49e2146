// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/client_error.hpp>
#include <nsqlookupd/registry/names.hpp>

#include <utility>

namespace nsqlookupd::protocol {

client_error::client_error(std::string_view name, std::initializer_list<std::string_view> text,
                           std::string why)
    : code{name}, message{name}, cause{std::move(why)} {
  message += ' ';
  for (auto const part : text) {
    message += part;
  }
}

client_error cannot_identify_again() {
  return {"E_INVALID", {"cannot IDENTIFY again"}};
}

client_error bad_channel(std::string_view command, std::string_view name) {
  return {"E_BAD_CHANNEL", {command, " channel name '", name, "' is not valid"}};
}

std::optional<client_error> check_names(std::string_view command, std::string_view topic,
                                        std::string_view channel) {
  if (!registry::is_valid_name(topic)) {
    return client_error{"E_BAD_TOPIC", {command, " topic name '", topic, "' is not valid"}};
  }
  if (!channel.empty() && !registry::is_valid_name(channel)) {
    return bad_channel(command, channel);
  }
  return std::nullopt;
}

client_error too_few_params(std::string_view command) {
  return {"E_INVALID", {command, " insufficient number of params"}};
}

client_error bad_body(std::string_view command, std::string_view problem, std::string cause) {
  return {"E_BAD_BODY", {command, " ", problem}, std::move(cause)};
}

std::optional<client_error> over_limit(std::string_view command, registry::refusal refused,
                                       registry::limits const& limits) {
  auto const describe = [&](std::string_view objects, std::size_t limit) {
    return client_error{"E_INVALID",
                        {command, " too many ", objects, " (limit ", std::to_string(limit), ")"}};
  };
  switch (refused) {
    case registry::refusal::none:
      break;
    case registry::refusal::too_many_registrations:
      return describe("registrations by this producer", limits.registrations_per_producer);
    case registry::refusal::too_many_topics:
      return describe("topics", limits.topics);
    case registry::refusal::too_many_channels:
      return describe("channels in this topic", limits.channels_per_topic);
  }
  return std::nullopt;
}

}  // namespace nsqlookupd::protocol
