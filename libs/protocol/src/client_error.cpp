// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/client_error.hpp>

#include <initializer_list>
#include <utility>

namespace nsqlookupd::protocol {
namespace {

std::string join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (auto const part : parts) {
    text += part;
  }
  return text;
}

}  // namespace

std::string client_error::message() const {
  return join({code, " ", text});
}

client_error invalid_command(std::string_view name) {
  return {"E_INVALID", join({"invalid command ", name}), {}};
}

client_error must_identify() {
  return {"E_INVALID", "client must IDENTIFY", {}};
}

client_error cannot_identify_again() {
  return {"E_INVALID", "cannot IDENTIFY again", {}};
}

client_error line_too_long(std::size_t limit) {
  return {"E_INVALID", join({"line is longer than ", std::to_string(limit), " bytes"}), {}, false};
}

client_error insufficient_params(std::string_view command) {
  return {"E_INVALID", join({command, " insufficient number of params"}), {}};
}

client_error bad_topic(std::string_view command, std::string_view name) {
  return {"E_BAD_TOPIC", join({command, " topic name '", name, "' is not valid"}), {}};
}

client_error bad_channel(std::string_view command, std::string_view name) {
  return {"E_BAD_CHANNEL", join({command, " channel name '", name, "' is not valid"}), {}};
}

client_error bad_tcp_port(std::string_view command, std::string_view port) {
  return {"E_INVALID", join({command, " tcp port '", port, "' is not valid"}), {}};
}

client_error missing_address(std::string_view command) {
  return {"E_BAD_BODY", join({command, " missing address"}), {}};
}

client_error bad_body(std::string_view command, std::string_view problem, std::string cause) {
  return {"E_BAD_BODY", join({command, " ", problem}), std::move(cause)};
}

}  // namespace nsqlookupd::protocol
