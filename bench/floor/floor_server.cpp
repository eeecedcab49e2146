// SPDX-License-Identifier: MIT
//
// The floor: a bare epoll server that answers clients of nsqlookupd with the right number of
// replies of the right size, and makes only the system calls that this cannot be done without:
// accept4, one read and one write for each batch, close. It knows nothing and checks nothing.
//
// Flags, as -name=value: tcp-address, http-address (HOST:PORT, IPv4); others are ignored. From the
// environment: FLOOR_HTTP_BODY_BYTES (the size of every HTTP answer's body), FLOOR_KEEP_NAMES (keep
// what is registered in the plainest containers that can tell who has a name, and what a client
// has). It tells clients that wait for a change of a topic: see fan.
#include "fan.hpp"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t read_size = std::size_t{64} << 10U;

[[noreturn]] void fail(char const* operation) {
  std::fprintf(stderr, "nsqlookupd-floor: %s - %s\n", operation, std::strerror(errno));
  std::exit(EXIT_FAILURE);
}

std::string frame(std::string_view text) {
  auto const size = static_cast<std::uint32_t>(text.size());
  std::string framed;
  for (unsigned const shift : {24U, 16U, 8U, 0U}) {
    framed += static_cast<char>(size >> shift);
  }
  return framed.append(text);
}

std::string http_answer(std::size_t body_bytes) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
         "X-Nsq-Content-Type: nsq; version=1.0\r\nDate: Mon, 23 Nov 2026 05:31:36 GMT\r\n"
         "Content-Length: " +
         std::to_string(body_bytes) + "\r\n\r\n" + std::string(body_bytes, 'x');
}

std::string http_answer_of(std::string_view body) {
  auto answer = http_answer(body.size());
  return answer.replace(answer.size() - body.size(), body.size(), body);
}

struct client;

using clients_by_name = std::unordered_map<std::string, std::vector<client*>>;

struct client {
  int descriptor;
  bool speaks_http;
  bool greeted = false;
  std::string rest;
  std::vector<clients_by_name::value_type*> names;
};

std::size_t body_bytes() {
  constexpr std::size_t usual = 230;
  auto const* const wanted = std::getenv("FLOOR_HTTP_BODY_BYTES");
  return wanted == nullptr ? usual : std::stoul(wanted);
}

class floor_server {
 public:
  floor_server(std::map<std::string, std::string> const& flags)
      : tcp_listener_{listen_on(flags.at("tcp-address"))},
        http_listener_{listen_on(flags.at("http-address"))},
        keeps_names_{std::getenv("FLOOR_KEEP_NAMES") != nullptr},
        fan_{body_bytes()},
        answer_{http_answer(body_bytes())} {
    watch(tcp_listener_, &tcp_listener_);
    watch(http_listener_, &http_listener_);
  }

  void run() {
    std::array<epoll_event, 128> events{};
    while (true) {
      auto const count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int index = 0; index < count; ++index) {
        auto* const source = events[static_cast<std::size_t>(index)].data.ptr;
        if (source == &tcp_listener_ || source == &http_listener_) {
          accept_waiting(*static_cast<int*>(source), source == &http_listener_);
        } else {
          serve(static_cast<client*>(source));
        }
      }
    }
  }

 private:
  static int listen_on(std::string const& address) {
    auto const colon = address.rfind(':');
    sockaddr_in endpoint{};
    endpoint.sin_family = AF_INET;
    endpoint.sin_port = htons(static_cast<std::uint16_t>(std::stoul(address.substr(colon + 1))));
    if (::inet_pton(AF_INET, address.substr(0, colon).c_str(), &endpoint.sin_addr) != 1) {
      errno = EINVAL;
      fail(address.c_str());
    }
    auto const descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int const on = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::bind(descriptor, reinterpret_cast<sockaddr const*>(&endpoint), sizeof endpoint) != 0 ||
        ::listen(descriptor, SOMAXCONN) != 0) {
      fail(address.c_str());
    }
    return descriptor;
  }

  void watch(int descriptor, void* source) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = source;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) {
      fail("epoll_ctl");
    }
  }

  void accept_waiting(int listener, bool http) {
    while (true) {
      auto const descriptor = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (descriptor < 0) {
        return;
      }
      auto connection = std::make_unique<client>(client{descriptor, http, {}, {}, {}});
      watch(descriptor, connection.release());
      producers_ += http ? 0U : 1U;
    }
  }

  void serve(client* connection) {
    auto const count = ::read(connection->descriptor, input_.data(), input_.size());
    if (count <= 0) {
      fan_.leave(connection->descriptor);
      ::close(connection->descriptor);
      producers_ -= connection->speaks_http ? 0U : 1U;
      for (auto* const name : connection->names) {
        std::erase(name->second, connection);
      }
      delete connection;
      return;
    }
    std::string_view input{input_.data(), static_cast<std::size_t>(count)};
    if (!connection->rest.empty()) {
      input = connection->rest.append(input);
    }
    replies_.clear();
    auto const used = connection->speaks_http ? answer_http(*connection, input)
                                              : answer_commands(*connection, input);
    connection->rest = std::string{input.substr(used)};
    send_all(connection->descriptor);
  }

  std::size_t answer_http(client& connection, std::string_view input) {
    std::size_t used = 0;
    while (true) {
      auto const end = input.find("\r\n\r\n"sv, used);
      if (end == std::string_view::npos) {
        return used;
      }
      auto const head = input.substr(used, end - used);
      if (fan_.answers(head)) {
        fan_.ask(head, connection.descriptor, replies_);
      } else {
        bool const asks_nodes = head.starts_with("GET /nodes"sv);
        replies_ += asks_nodes && producers_ == 0 ? no_producers_ : answer_;
      }
      used = end + 4;
    }
  }

  std::size_t answer_commands(client& connection, std::string_view input) {
    std::size_t used = 0;
    if (!connection.greeted && input.size() >= 4) {
      connection.greeted = true;
      used = 4;
    }
    while (connection.greeted) {
      auto const end = input.find('\n', used);
      if (end == std::string_view::npos) {
        break;
      }
      auto const line = input.substr(used, end - used);
      if (line == "IDENTIFY"sv) {
        auto const body = end + 1 + 4;
        if (input.size() < body) {
          break;
        }
        std::uint32_t size = 0;
        std::memcpy(&size, input.data() + end + 1, sizeof size);
        if (input.size() < body + ntohl(size)) {
          break;
        }
        replies_ += identity_;
        used = body + ntohl(size);
      } else {
        if (keeps_names_) {
          keep_names_of(connection, line);
        }
        fan_.command(line);
        replies_ += ok_;
        used = end + 1;
      }
    }
    return used;
  }

  // `REGISTER topic channel` is two registrations.
  void keep_names_of(client& connection, std::string_view line) {
    auto const topic = line.find(' ') + 1;
    keep(connection, line.substr(topic, line.find(' ', topic) - topic));
    keep(connection, line.substr(topic));
  }

  void keep(client& connection, std::string_view name) {
    auto& known = *names_.try_emplace(std::string{name}).first;
    if (std::find(known.second.begin(), known.second.end(), &connection) == known.second.end()) {
      known.second.push_back(&connection);
      connection.names.push_back(&known);
    }
  }

  void send_all(int descriptor) const {
    std::string_view rest{replies_};
    while (!rest.empty()) {
      auto const count = ::send(descriptor, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (count > 0) {
        rest.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno != EAGAIN) {
        return;
      }
    }
  }

  int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  int tcp_listener_;
  int http_listener_;
  bool keeps_names_;
  clients_by_name names_;
  nsqlookupd_floor::fan fan_;
  std::size_t producers_ = 0;
  std::string ok_ = frame("OK");
  std::string identity_ = frame(std::string(95, 'x'));
  std::string answer_;
  std::string no_producers_ = http_answer_of(R"({"producers":[]})");
  std::array<char, read_size> input_{};
  std::string replies_;
};

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> flags{{"tcp-address", "127.0.0.1:4160"},
                                           {"http-address", "127.0.0.1:4161"}};
  for (int index = 1; index < argc; ++index) {
    std::string_view flag{argv[index]};
    flag.remove_prefix(std::min(flag.find_first_not_of('-'), flag.size()));
    auto const equals = flag.find('=');
    if (equals != std::string_view::npos) {
      flags[std::string{flag.substr(0, equals)}] = flag.substr(equals + 1);
    }
  }
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  floor_server{flags}.run();
}
