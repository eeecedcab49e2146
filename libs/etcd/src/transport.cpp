// SPDX-License-Identifier: MIT
#include "transport.hpp"

#include <nsqlookupd/text/file.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace nsqlookupd::etcd {
namespace {

using boost::system::error_code;

constexpr std::size_t most_idle = 4;
constexpr std::size_t largest_password_file = 4096;

endpoint endpoint_of(boost::urls::url const& url) {
  std::string const text{url.buffer().data(), url.buffer().size()};
  bool const is_secure = url.scheme_id() == boost::urls::scheme::https;
  bool const has_more = !(url.encoded_path().empty() || url.encoded_path() == "/") ||
                        url.has_query() || url.has_fragment() || url.has_userinfo();
  if ((!is_secure && url.scheme_id() != boost::urls::scheme::http) || url.host().empty() ||
      has_more) {
    throw std::runtime_error{"cluster-etcd-endpoints: " + text +
                             " is not of the form http://host:port or https://host:port"};
  }
  auto port = url.has_port() && !url.port().empty() ? std::string{url.port()} : "2379";
  auto name = std::string{is_secure ? "https://" : "http://"} + std::string{url.encoded_host()} +
              ':' + port;
  return {std::move(name), url.host_address(), std::move(port), is_secure};
}

std::vector<endpoint> endpoints_of(std::vector<boost::urls::url> const& urls) {
  std::vector<endpoint> endpoints;
  std::ranges::transform(urls, std::back_inserter(endpoints), endpoint_of);
  if (endpoints.empty()) {
    throw std::runtime_error{"cluster-etcd-endpoints names no endpoint"};
  }
  return endpoints;
}

tls::client_settings tls_settings_of(settings const& from) {
  return {{"cluster-etcd-ca-file", from.ca_file},
          {"cluster-etcd-cert", from.cert_file},
          {"cluster-etcd-key", from.key_file}};
}

std::string read_password(std::string const& path) {
  auto password = text::read_file(path, largest_password_file);
  password.erase(std::min(password.find_first_of("\r\n"), password.size()));
  return password;
}

}  // namespace

transport::transport(boost::asio::io_context& io, settings how)
    : executor_{io.get_executor()},
      settings_{std::move(how)},
      endpoints_{endpoints_of(settings_.endpoints)} {
  if (std::ranges::any_of(endpoints_, &endpoint::is_secure)) {
    tls_.emplace(tls_settings_of(settings_));
  }
}

net::task<result<std::shared_ptr<connection>>> transport::perform(gateway_request request) {
  auto const shared = std::make_shared<gateway_request const>(std::move(request));
  auto const first = current_;
  bool has_renewed_token = false;
  error_code last;
  for (std::size_t tried = 0; tried < endpoints_.size();) {
    auto const index = (first + tried) % endpoints_.size();
    auto const begin = steady_clock::now();
    auto const made = co_await attempt_at(index, shared);
    last = made.failure.code;
    count(shared->operation, last, begin);
    if (!last) {
      current_ = index;
      co_return made.stream;
    }
    if (made.failure.is_of_token && !has_renewed_token) {
      has_renewed_token = true;
      continue;
    }
    if (!is_fault_of_endpoint(last)) {
      break;
    }
    leave(index);
    ++tried;
  }
  co_return last;
}

net::task<transport::attempt> transport::attempt_at(std::size_t index, shared_request request) {
  auto const until = steady_clock::now() + settings_.request_timeout;
  if (auto const error = co_await authorize(index, until)) {
    co_return attempt{{error}, nullptr};
  }
  auto const token = token_.value_or("");
  auto made = co_await ask(index, std::move(request), token, until);
  note_failure(endpoints_[index].name, made.failure);
  made.failure.is_of_token = made.failure.is_of_token && !settings_.user.empty();
  if (made.failure.is_of_token) {
    forget_token(token);
  }
  co_return made;
}

net::task<error_code> transport::authorize(std::size_t index, steady_clock::time_point until) {
  if (settings_.user.empty() || token_) {
    co_return error_code{};
  }
  auto const begin = steady_clock::now();
  auto const request = std::make_shared<gateway_request>();
  request->http.target = "/v3/auth/authenticate";
  try {
    request->http.body =
        encode_authenticate(settings_.user, read_password(settings_.password_file));
  } catch (std::runtime_error const& error) {
    last_failure_ = "cluster-etcd-password-file " + settings_.password_file + ": " + error.what();
    co_return errc::refused;
  }
  request->accept = [this](std::string_view body) {
    auto const token = decode_token(body);
    token_ = token ? std::optional{*token} : std::nullopt;
    return fault_of(token);
  };
  auto made = co_await ask(index, request, {}, until);
  auto& failure = made.failure;
  if (failure.message.find("authentication is not enabled") != std::string::npos) {
    token_ = "";
    failure = {};
  }
  count("authenticate", failure.code, begin);
  note_failure(endpoints_[index].name, failure);
  co_return failure.code;
}

// A new connection, unless one is idle that etcd has not closed meanwhile.
net::task<transport::attempt> transport::ask(std::size_t index, shared_request request,
                                             std::string token, steady_clock::time_point until) {
  auto http = request->http;
  http.authorization = token;
  auto used = http.is_stream ? nullptr : take_idle(index);
  result<http_answer> answer = errc::unreachable;
  if (used != nullptr) {
    answer = co_await used->exchange(http, until);
  }
  if (!answer && answer.error() == errc::unreachable) {
    used = new_connection(index);
    if (auto const error = co_await used->open(until)) {
      answer = error;
    } else {
      answer = co_await used->exchange(http, until);
    }
  }
  if (!answer) {
    if (answer.error() == errc::timed_out) {
      // An etcd that has lost its data waits for the time when it has made such a token.
      forget_token(token);
    }
    co_return attempt{{answer.error(), used->failure()}, nullptr};
  }
  auto failure = answer->status == 200 ? request->accept(answer->body)
                                       : decode_failure(answer->status, answer->body);
  if (http.is_stream && !failure.code) {
    co_return attempt{{}, std::move(used)};
  }
  give_back(index, std::move(used));
  co_return attempt{std::move(failure), nullptr};
}

// Unless there is another one already.
void transport::forget_token(std::string const& token) {
  if (token_ == token) {
    token_.reset();
  }
}

transport::shared_connection transport::take_idle(std::size_t index) {
  auto const found = std::ranges::find(idle_, index, &idle_connection::index);
  if (found == idle_.end()) {
    return nullptr;
  }
  auto taken = std::move(found->open);
  idle_.erase(found);
  return taken;
}

transport::shared_connection transport::new_connection(std::size_t index) {
  std::erase_if(connections_, [](auto const& known) { return known.expired(); });
  auto made = make_connection(executor_, endpoints_[index], tls_ ? &*tls_ : nullptr);
  connections_.push_back(made);
  return made;
}

void transport::give_back(std::size_t index, shared_connection used) {
  if (used->is_reusable() && idle_.size() < most_idle) {
    idle_.push_back({index, std::move(used)});
  }
}

// It has failed: the next request begins with another, unless one did already.
void transport::leave(std::size_t index) {
  std::erase_if(idle_, [&](auto const& idle) { return idle.index == index; });
  if (current_ == index) {
    current_ = (index + 1) % endpoints_.size();
  }
}

void transport::cancel() {
  idle_.clear();
  for (auto const& known : std::exchange(connections_, {})) {
    if (auto const open = known.lock()) {
      open->close();
    }
  }
}

void transport::note_failure(std::string const& endpoint, fault const& failure) {
  if (failure.code.category() == category()) {
    last_failure_ = endpoint + ": " + failure.message;
  }
}

void transport::count(std::string_view operation, error_code error,
                      steady_clock::time_point begin) const {
  if (settings_.on_attempt) {
    settings_.on_attempt(operation, code_name(error), steady_clock::now() - begin);
  }
}

}  // namespace nsqlookupd::etcd
