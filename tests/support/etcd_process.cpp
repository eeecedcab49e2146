// SPDX-License-Identifier: MIT
#include "etcd_process.hpp"

#include "patience.hpp"
#include "tcp_client.hpp"
#include <arpa/inet.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace nsqlookupd::test_support {
namespace {

constexpr char const* program = "/usr/bin/etcd";

sockaddr_in address_of(std::string const& host) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    throw std::runtime_error{"no IPv4 address: " + host};
  }
  return address;
}

// In HTTP/1.0, whose answers are not chunked and end with the connection.
std::string request(tcp_client& client, std::string_view method, std::string_view path,
                    std::string_view body, std::string const& token) {
  auto text = std::string{method} + ' ' + std::string{path} + " HTTP/1.0\r\n";
  if (!token.empty()) {
    text += "Authorization: " + token + "\r\n";
  }
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  text += body;
  client.send(text);
  auto const answer = client.receive_to_end();
  auto const head = answer.find("\r\n\r\n");
  if (head == std::string::npos) {
    throw std::runtime_error{"etcd answered no HTTP: " + answer};
  }
  return answer.substr(head + 4);
}

// The text of a field of JSON that is a string without escapes; empty when there is none.
std::string text_of(std::string_view json, std::string_view field) {
  auto const name = '"' + std::string{field} + "\":\"";
  auto const begin = json.find(name);
  if (begin == json.npos) {
    return {};
  }
  auto const value = json.substr(begin + name.size());
  return std::string{value.substr(0, value.find('"'))};
}

}  // namespace

// Two sockets with SO_REUSEADDR may have one port as long as only one of them listens. Go sets it.
etcd_process::reserved_port::reserved_port(std::string const& host)
    : socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}, number{} {
  auto address = address_of(host);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  int const on = 1;
  if (socket.number() < 0 || ::bind(socket.number(), generic, size) != 0 ||
      ::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::getsockname(socket.number(), generic, &size) != 0) {
    throw std::system_error{errno, std::generic_category(), "bind"};
  }
  number = ntohs(address.sin_port);
}

etcd_process::etcd_process(etcd_options how) : how_{std::move(how)} {
  if (how_.tls) {
    auto const server = authority_.issue("etcd");
    auto const client = authority_.issue("client");
    directory_.write("root.pem", authority_.root());
    directory_.write("server.pem", server.certificate);
    directory_.write("server.key", server.key);
    directory_.write("client.pem", client.certificate);
    directory_.write("client.key", client.key);
  }
  for (std::size_t index = 0; index < how_.nodes; ++index) {
    nodes_.push_back(
        {reserved_port{how_.host}, reserved_port{how_.host}, reserved_port{how_.host}, nullptr});
  }
  wipe();
}

std::string etcd_process::url(std::size_t node) const {
  return (how_.tls ? "https://" : "http://") + how_.host + ':' + std::to_string(port(node));
}

std::vector<std::string> etcd_process::urls() const {
  std::vector<std::string> all;
  for (std::size_t index = 0; index < nodes_.size(); ++index) {
    all.push_back(url(index));
  }
  return all;
}

std::uint16_t etcd_process::port(std::size_t node) const {
  return nodes_.at(node).client.number;
}

void etcd_process::pause(std::size_t node) const {
  nodes_.at(node).process->pause();
}

void etcd_process::resume(std::size_t node) const {
  nodes_.at(node).process->resume();
}

void etcd_process::kill(std::size_t node) {
  nodes_.at(node).process.reset();
}

void etcd_process::restart(std::size_t node) {
  kill(node);
  start(node);
  wait_until_healthy(node);
}

void etcd_process::wipe() {
  for (auto& node : nodes_) {
    node.process.reset();
  }
  for (std::size_t index = 0; index < nodes_.size(); ++index) {
    std::filesystem::remove_all(directory_.path(name_of(index)));
    start(index);
  }
  for (std::size_t index = 0; index < nodes_.size(); ++index) {
    wait_until_healthy(index);
  }
}

std::optional<std::size_t> etcd_process::leader() const {
  std::vector<std::string> members(nodes_.size());
  std::string leader;
  for (std::size_t index = 0; index < nodes_.size(); ++index) {
    if (nodes_[index].process) {
      auto const status = post("/v3/maintenance/status", "{}", {}, index);
      members[index] = text_of(status, "member_id");
      leader = leader.empty() ? text_of(status, "leader") : leader;
    }
  }
  for (std::size_t index = 0; index < nodes_.size(); ++index) {
    if (!leader.empty() && members[index] == leader) {
      return index;
    }
  }
  return std::nullopt;
}

void etcd_process::enable_auth(std::string const& password) const {
  auto const expect = [this](std::string_view path, std::string const& body) {
    if (auto const answer = post(path, body); answer.find("\"error\"") != std::string::npos) {
      throw std::runtime_error{"etcd refused " + std::string{path} + ": " + answer};
    }
  };
  expect("/v3/auth/user/add", R"({"name":"root","password":")" + password + "\"}");
  expect("/v3/auth/role/add", R"({"name":"root"})");
  expect("/v3/auth/user/grant", R"({"user":"root","role":"root"})");
  expect("/v3/auth/enable", "{}");
}

std::string etcd_process::post(std::string_view path, std::string_view body,
                               std::string const& token, std::size_t node) const {
  tcp_client client{port(node), how_.host};
  if (how_.tls) {
    client.start_tls({authority_.root(), authority_.issue("client")});
  }
  return request(client, "POST", path, body, token);
}

std::string etcd_process::name_of(std::size_t index) const {
  return "node-" + std::to_string(index);
}

std::string etcd_process::peer_url(std::size_t index) const {
  return "http://" + how_.host + ':' + std::to_string(nodes_[index].peer.number);
}

std::vector<std::string> etcd_process::arguments_of(std::size_t index) const {
  std::string all;
  for (std::size_t other = 0; other < nodes_.size(); ++other) {
    all += (other == 0 ? "" : ",") + name_of(other) + '=' + peer_url(other);
  }
  auto const health = "http://" + how_.host + ':' + std::to_string(nodes_[index].health.number);
  std::vector<std::string> arguments{
      "--name=" + name_of(index), "--data-dir=" + directory_.path(name_of(index)),
      "--listen-client-urls=" + url(index), "--advertise-client-urls=" + url(index),
      "--listen-peer-urls=" + peer_url(index), "--initial-advertise-peer-urls=" + peer_url(index),
      "--initial-cluster=" + all, "--listen-metrics-urls=" + health, "--logger=zap",
      "--log-level=error",
      // To a file: nobody reads the pipes.
      "--log-outputs=" + directory_.path(name_of(index) + ".log"), "--unsafe-no-fsync",
      "--bcrypt-cost=4"};
  if (how_.tls) {
    arguments.push_back("--cert-file=" + directory_.path("server.pem"));
    arguments.push_back("--key-file=" + directory_.path("server.key"));
    arguments.push_back("--trusted-ca-file=" + directory_.path("root.pem"));
    if (how_.client_certificates) {
      arguments.emplace_back("--client-cert-auth");
    }
  }
  arguments.insert(arguments.end(), how_.arguments.begin(), how_.arguments.end());
  return arguments;
}

void etcd_process::start(std::size_t index) {
  launch const how{
      .program = program, .arguments = arguments_of(index), .variables = {"GOMAXPROCS=2"}};
  nodes_[index].process = std::make_unique<child_process>(how);
}

void etcd_process::wait_until_healthy(std::size_t index) const {
  auto const& node = nodes_[index];
  auto const until = give_up_at();
  // Refused connections come at once: in between, time for the processor to start it.
  constexpr std::chrono::milliseconds pause{20};
  while (!node.process->has_ended(pause)) {
    try {
      tcp_client client{node.health.number, how_.host};
      auto const answer = request(client, "GET", "/health", {}, {});
      if (answer.find(R"("health":"true")") != std::string::npos) {
        return;
      }
    } catch (std::system_error const&) {
      // It does not listen yet.
    }
    if (std::chrono::steady_clock::now() > until) {
      throw std::runtime_error{"etcd is not healthy in time"};
    }
  }
  throw std::runtime_error{"etcd ended: " + node.process->error()};
}

}  // namespace nsqlookupd::test_support
