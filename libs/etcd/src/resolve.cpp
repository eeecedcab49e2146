// SPDX-License-Identifier: MIT
#include "resolve.hpp"

#include <nsqlookupd/text/number.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/basic_resolver.hpp>

#include <cstdint>

namespace nsqlookupd::etcd {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

struct resolution::state {
  explicit state(net::session_executor const& executor) : over{executor}, resolver{executor} {}

  steady_timer over;
  asio::ip::basic_resolver<tcp, net::session_executor> resolver;
  bool has_answer = false;
  bool is_cancelled = false;
  error_code error;
  std::vector<tcp::endpoint> addresses;
};

resolution::resolution(net::session_executor const& executor)
    : state_{std::make_shared<state>(executor)} {}

net::task<boost::system::result<std::vector<tcp::endpoint>>> resolution::run(
    host_and_port of, steady_clock::time_point until) {
  auto const shared = state_;
  error_code no_address;
  auto const address = asio::ip::make_address(of.host, no_address);
  auto const port = text::parse_number<std::uint16_t>(of.port);
  if (!no_address && port) {
    // Without the thread that Asio starts for questions to the system.
    co_return std::vector<tcp::endpoint>{tcp::endpoint{address, *port}};
  }
  shared->over.expires_at(until);
  auto const note = [shared](error_code error, tcp::resolver::results_type const& found) {
    shared->has_answer = true;
    shared->error = error;
    for (auto const& entry : found) {
      shared->addresses.push_back(entry.endpoint());
    }
    shared->over.cancel();
  };
  shared->resolver.async_resolve(of.host, of.port, note);
  co_await shared->over.async_wait(net::token);
  if (shared->is_cancelled) {
    co_return error_code{asio::error::operation_aborted};
  }
  if (!shared->has_answer) {
    co_return error_code{asio::error::timed_out};
  }
  if (shared->error) {
    co_return shared->error;
  }
  co_return shared->addresses;
}

void resolution::cancel() {
  state_->is_cancelled = true;
  state_->over.cancel();
}

}  // namespace nsqlookupd::etcd
