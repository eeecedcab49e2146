// SPDX-License-Identifier: MIT
#include <nsqlookupd/cluster/etcd_client.hpp>

#include "etcd_json.hpp"
#include "etcd_transport.hpp"
#include "watch_stream.hpp"

#include <span>
#include <utility>

namespace nsqlookupd::cluster {
namespace {

using boost::system::error_code;
using shared_transport = std::shared_ptr<etcd_transport>;

etcd_request post(std::string_view operation, std::string target, std::string body) {
  return {operation, std::move(target), std::move(body), false, {}};
}

// Asks, and decodes the answer.
template <class Value>
net::task<result<Value>> ask(shared_transport transport, etcd_request request,
                             result<Value> (*decode)(std::string_view)) {
  // A bool could be made of an error, too.
  result<Value> value{boost::system::in_place_error, etcd_errc::bad_answer};
  request.accept = [&value, decode](std::string_view body) {
    value = decode(body);
    auto const error = value ? error_code{} : value.error();
    return etcd_failure{error, error.message(), false};
  };
  auto const performed = co_await transport->perform(std::move(request));
  if (!performed) {
    value = result<Value>{boost::system::in_place_error, performed.error()};
  }
  co_return value;
}

net::task<result<std::int64_t>> commit_by(shared_transport transport,
                                          std::vector<operation> operations) {
  std::span<operation const> rest{operations};
  while (true) {
    auto request = post("txn", "/v3/kv/txn", encode_transaction(rest));
    auto const revision = co_await ask(transport, std::move(request), decode_transaction);
    if (!revision || rest.empty()) {
      co_return revision;
    }
  }
}

}  // namespace

etcd_client::etcd_client(boost::asio::io_context& io, etcd_settings settings)
    : transport_{std::make_shared<etcd_transport>(io, std::move(settings))} {}

etcd_client::~etcd_client() {
  cancel();
}

net::task<result<void>> etcd_client::check_version() {
  return ask(transport_, post("version", "/version", {}), decode_version);
}

net::task<result<std::int64_t>> etcd_client::grant_lease(std::chrono::seconds ttl) {
  return ask(transport_, post("lease_grant", "/v3/lease/grant", encode_grant(ttl)), decode_grant);
}

net::task<result<std::chrono::seconds>> etcd_client::keep_alive(std::int64_t lease) {
  return ask(transport_, post("lease_keepalive", "/v3/lease/keepalive", encode_lease(lease)),
             decode_keep_alive);
}

net::task<result<void>> etcd_client::revoke_lease(std::int64_t lease) {
  return ask(transport_, post("lease_revoke", "/v3/lease/revoke", encode_lease(lease)),
             decode_revoke);
}

net::task<result<std::int64_t>> etcd_client::commit(std::vector<operation> operations) {
  return commit_by(transport_, std::move(operations));
}

net::task<result<bool>> etcd_client::put_if_absent(operation const& put) {
  return ask(transport_, post("txn", "/v3/kv/txn", encode_put_if_absent(put)),
             decode_put_if_absent);
}

net::task<result<page>> etcd_client::range(std::string_view begin, std::string_view end,
                                           std::int64_t limit, std::int64_t at_revision) {
  return ask(transport_,
             post("range", "/v3/kv/range", encode_range(begin, end, limit, at_revision)),
             decode_range);
}

net::task<result<std::unique_ptr<etcd_watch>>> etcd_client::open_watch(std::string prefix,
                                                                       std::int64_t from_revision) {
  return open_watch_of(transport_, std::move(prefix), from_revision);
}

void etcd_client::cancel() {
  transport_->cancel();
}

std::string const& etcd_client::last_failure() const noexcept {
  return transport_->last_failure();
}

}  // namespace nsqlookupd::cluster
