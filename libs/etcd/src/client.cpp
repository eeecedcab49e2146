// SPDX-License-Identifier: MIT
#include <nsqlookupd/etcd/client.hpp>

#include "gateway.hpp"
#include "transport.hpp"

#include <span>
#include <utility>

namespace nsqlookupd::etcd {
namespace {

using shared_transport = std::shared_ptr<transport>;

gateway_request post(std::string_view operation, std::string target, std::string body) {
  return {operation, {std::move(target), std::move(body)}, {}};
}

// Asks, and decodes the answer.
template <class Value>
net::task<result<Value>> ask(shared_transport transport, gateway_request request,
                             result<Value> (*decode)(std::string_view)) {
  result<Value> value = errc::bad_answer;
  request.accept = [&value, decode](std::string_view body) {
    value = decode(body);
    return fault_of(value);
  };
  auto const performed = co_await transport->perform(std::move(request));
  if (!performed) {
    value = performed.error();
  }
  co_return value;
}

net::task<result<std::int64_t>> commit_by(shared_transport transport,
                                          std::vector<operation> operations) {
  std::span<operation const> rest{operations};
  while (true) {
    auto request = post("txn", "/v3/kv/txn", encode_transaction(rest));
    auto const revision = co_await ask(transport, std::move(request), decode_revision);
    if (!revision || rest.empty()) {
      co_return revision;
    }
  }
}

}  // namespace

client::client(boost::asio::io_context& io, settings how)
    : transport_{std::make_shared<transport>(io, std::move(how))} {}

client::~client() {
  cancel();
}

net::task<result<void>> client::check_version() {
  return ask(transport_, post("version", "/version", {}), decode_version);
}

net::task<result<std::int64_t>> client::grant_lease(std::chrono::seconds ttl) {
  return ask(transport_, post("lease_grant", "/v3/lease/grant", encode_grant(ttl)), decode_grant);
}

net::task<result<std::chrono::seconds>> client::keep_alive(std::int64_t lease) {
  return ask(transport_, post("lease_keepalive", "/v3/lease/keepalive", encode_lease(lease)),
             decode_keep_alive);
}

net::task<result<std::int64_t>> client::revoke_lease(std::int64_t lease) {
  return ask(transport_, post("lease_revoke", "/v3/lease/revoke", encode_lease(lease)),
             decode_revision);
}

net::task<result<std::int64_t>> client::commit(std::vector<operation> operations) {
  return commit_by(transport_, std::move(operations));
}

net::task<result<std::int64_t>> client::put_if_absent(operation const& put) {
  return ask(transport_, post("txn", "/v3/kv/txn", encode_put_if_absent(put)), decode_revision);
}

net::task<result<page>> client::range(std::string_view begin, std::string_view end,
                                      std::int64_t limit, std::int64_t at_revision) {
  return ask(transport_,
             post("range", "/v3/kv/range", encode_range(begin, end, limit, at_revision)),
             decode_range);
}

void client::cancel() {
  transport_->cancel();
}

std::string const& client::last_failure() const noexcept {
  return transport_->last_failure();
}

}  // namespace nsqlookupd::etcd
