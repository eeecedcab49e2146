// SPDX-License-Identifier: MIT
#include "fan.hpp"

#include <sys/socket.h>

#include <charconv>
#include <cstdio>

namespace nsqlookupd_floor {
namespace {

using std::string_view_literals::operator""sv;

constexpr auto watch_begin = "GET /watch?topic="sv;
constexpr auto lookup_begin = "GET /lookup?topic="sv;
constexpr auto index_begin = "&index="sv;

std::string topic_of(std::string_view head, std::string_view begin) {
  head.remove_prefix(begin.size());
  return std::string{head.substr(0, head.find_first_of("& "sv))};
}

std::uint64_t index_of(std::string_view head) {
  std::uint64_t index = 0;
  auto const digits = head.substr(head.find(index_begin) + index_begin.size());
  std::from_chars(digits.data(), digits.data() + digits.size(), index);
  return index;
}

void send_to(std::vector<int> const& sockets, std::string_view bytes) {
  for (auto const socket : sockets) {
    ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
}

}  // namespace

bool fan::answers(std::string_view head) {
  return head.starts_with(watch_begin) ||
         (head.starts_with(lookup_begin) && head.find(index_begin) != std::string_view::npos);
}

void fan::ask(std::string_view head, int socket, std::string& replies) {
  bool const streams = head.starts_with(watch_begin);
  auto& topic = topics_[topic_of(head, streams ? watch_begin : lookup_begin)];
  clients_[socket] = &topic;
  if (streams) {
    topic.streams.push_back(socket);
    replies +=
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        "Transfer-Encoding: chunked\r\n\r\n" +
        chunk(topic.index);
  } else if (index_of(head) < topic.index) {
    replies += answer(topic.index);
  } else {
    topic.waiting.push_back(socket);
  }
}

void fan::command(std::string_view line) {
  // Other loads are to cost as much as without it.
  if (clients_.empty()) {
    return;
  }
  auto const end = line.find(' ');
  auto const command = line.substr(0, end);
  if (command != "REGISTER"sv && command != "UNREGISTER"sv) {
    return;
  }
  auto& topic = topics_[topic_of(line, line.substr(0, end + 1))];
  topic.index = ++last_index_;
  if (!topic.streams.empty()) {
    send_to(topic.streams, chunk(topic.index));
  }
  if (!topic.waiting.empty()) {
    send_to(topic.waiting, answer(topic.index));
    topic.waiting.clear();
  }
}

void fan::leave(int socket) {
  auto const found = clients_.find(socket);
  if (found != clients_.end()) {
    std::erase(found->second->streams, socket);
    std::erase(found->second->waiting, socket);
    clients_.erase(found);
  }
}

std::string fan::chunk(std::uint64_t index) const {
  auto const event = "id: " + std::to_string(index) + "\nevent: lookup\ndata: " + body_ + "\n\n";
  char size[24];
  std::snprintf(size, sizeof size, "%zx\r\n", event.size());
  return size + event + "\r\n";
}

std::string fan::answer(std::uint64_t index) const {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
         "X-Nsq-Content-Type: nsq; version=1.0\r\nDate: Mon, 23 Nov 2026 05:31:36 GMT\r\n"
         "X-Nsq-Index: " +
         std::to_string(index) + "\r\nContent-Length: " + std::to_string(body_.size()) +
         "\r\n\r\n" + body_;
}

}  // namespace nsqlookupd_floor
