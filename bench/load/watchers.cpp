// SPDX-License-Identifier: MIT
#include "watchers.hpp"

#include "client.hpp"
#include <boost/asio/post.hpp>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace bench {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::string_view event_end = "\n\n";

// The value of a field of an event; nothing when it has none of this name.
std::optional<std::string_view> field(std::string_view event, std::string_view name) {
  while (!event.empty()) {
    auto const line = event.substr(0, event.find('\n'));
    if (line.starts_with(name)) {
      return line.substr(name.size());
    }
    event.remove_prefix(std::min(line.size() + 1, event.size()));
  }
  return {};
}

std::uint64_t number(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

std::string watched_topic(std::size_t topic) {
  return 't' + std::to_string(topic);
}

watchers::watchers(measurement& work, deliveries& told)
    : work_{work},
      told_{told},
      epoll_{::epoll_create1(EPOLL_CLOEXEC)},
      stop_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)},
      all_(work.how().watchers) {
  add_to_epoll(stop_, EPOLLIN, nullptr);
  for (std::size_t number = 0; number < all_.size(); ++number) {
    all_[number].topic = number % work.how().topics;
    told.add_watcher(all_[number].topic);
  }
}

watchers::~watchers() {
  stop();
  for (auto const& one : all_) {
    if (one.socket >= 0) {
      ::close(one.socket);
    }
  }
  ::close(stop_);
  ::close(epoll_);
}

void watchers::fail(std::string const& attempt) const {
  throw std::runtime_error{attempt + ' ' + to_text(work_.server().http) + ": " +
                           std::strerror(errno)};
}

// A few connect at a time; the next one does when one of them knows its state.
void watchers::open() {
  constexpr std::size_t at_a_time = 64;
  while (opened_ < std::min(at_a_time, all_.size())) {
    open_next();
  }
  while (knowing_ < all_.size()) {
    if (!read_some(work_.how().patience)) {
      throw silence(work_.how().patience);
    }
  }
}

void watchers::start() {
  thread_ = std::thread{[this] { read_until_stopped(); }};
}

void watchers::stop() {
  if (!thread_.joinable()) {
    return;
  }
  ::eventfd_write(stop_, 1);
  thread_.join();
  eventfd_t count = 0;
  ::eventfd_read(stop_, &count);
}

void watchers::read_until_stopped() noexcept {
  constexpr std::chrono::milliseconds as_long_as_it_takes{-1};
  try {
    while (read_some(as_long_as_it_takes)) {
    }
  } catch (...) {
    asio::post(work_.io(), [this, failure = std::current_exception()] { work_.fail(failure); });
  }
}

void watchers::open_next() {
  auto& one = all_[opened_++];
  auto const& server = work_.server().http;
  one.socket = ::socket(server.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (one.socket < 0) {
    fail("cannot open a socket to");
  }
  error_code error;
  bind_to_next_source(one.socket, server, error);
  if (error) {
    fail("cannot bind an address of loopback to reach");
  }
  if (::connect(one.socket, server.data(), static_cast<socklen_t>(server.size())) != 0 &&
      errno != EINPROGRESS) {
    fail("cannot connect to");
  }
  add_to_epoll(one.socket, EPOLLOUT, &one);
}

void watchers::add_to_epoll(int descriptor, std::uint32_t events, watcher* one) {
  epoll_event interest{.events = events, .data = {.ptr = one}};
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &interest) != 0) {
    fail("cannot wait for");
  }
}

bool watchers::read_some(std::chrono::milliseconds longest) {
  std::array<epoll_event, 256> ready;
  auto const count = ::epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()),
                                  static_cast<int>(longest.count()));
  bool stopped = false;
  auto const locked = lock();
  for (int at = 0; at < count; ++at) {
    auto* const one = static_cast<watcher*>(ready[static_cast<std::size_t>(at)].data.ptr);
    if (one == nullptr) {
      stopped = true;
    } else if (one->connected) {
      receive(*one);
    } else {
      begin(*one);
    }
  }
  return count != 0 && !stopped;
}

void watchers::begin(watcher& one) {
  socklen_t size = sizeof errno;
  if (::getsockopt(one.socket, SOL_SOCKET, SO_ERROR, &errno, &size) != 0 || errno != 0) {
    fail("cannot connect to");
  }
  one.connected = true;
  ask(one);
  epoll_event interest{.events = EPOLLIN, .data = {.ptr = &one}};
  if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, one.socket, &interest) != 0) {
    fail("cannot wait for");
  }
}

void watchers::ask(watcher const& one) {
  auto const topic = watched_topic(one.topic);
  auto const request =
      get(work_.how().mode == watch_mode::stream
              ? "/watch?topic=" + topic
              : "/lookup?topic=" + topic + "&index=" + std::to_string(one.index) + "&wait=5m");
  auto const sent = ::send(one.socket, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(request.size())) {
    fail("cannot send to");
  }
}

void watchers::receive(watcher& one) {
  static thread_local std::array<char, std::size_t{256} << 10U> buffer;
  auto const count = ::recv(one.socket, buffer.data(), buffer.size(), 0);
  if (count < 0 && errno == EAGAIN) {
    return;
  }
  if (count <= 0) {
    throw std::runtime_error{to_text(work_.server().http) +
                             " closed the connection before it had answered all"};
  }
  auto const now = clock::now();
  std::string_view bytes{buffer.data(), static_cast<std::size_t>(count)};
  while (!bytes.empty()) {
    bytes.remove_prefix(take(one, bytes));
    if (work_.how().mode == watch_mode::stream) {
      take_events(one, now);
    } else {
      take_answer(one, now);
    }
  }
}

std::size_t watchers::take(watcher& one, std::string_view bytes) const {
  constexpr int not_found = 404;
  auto const server = [this] { return to_text(work_.server().http); };
  try {
    return one.answer.take(bytes);
  } catch (http_refusal const& refused) {
    if (refused.status() == not_found && work_.how().mode == watch_mode::stream) {
      throw cannot_watch{server() + " has no /watch"};
    }
    throw std::runtime_error{server() + ": " + refused.what()};
  } catch (std::runtime_error const& error) {
    throw std::runtime_error{server() + ": " + error.what()};
  }
}

void watchers::take_answer(watcher& one, clock::time_point now) {
  if (!one.answer.is_whole()) {
    return;
  }
  auto const index = one.answer.index();
  if (index == 0) {
    throw cannot_watch{to_text(work_.server().http) + " has no waiting lookups: no X-Nsq-Index"};
  }
  // An answer with the same index says that the time was over.
  if (!one.knows || index != one.index) {
    tell(one, index, one.answer.body_start(), now);
  }
  one.answer = http_answer{http_answer::everything};
  ask(one);
}

void watchers::take_events(watcher& one, clock::time_point now) {
  auto& text = one.answer.body_start();
  std::size_t begin = 0;
  auto end = text.find(event_end, one.searched);
  while (end != std::string::npos) {
    take_event(one, std::string_view{text}.substr(begin, end - begin), now);
    begin = end + event_end.size();
    end = text.find(event_end, begin);
  }
  text.erase(0, begin);
  one.searched = text.empty() ? 0 : text.size() - 1;
  if (one.answer.is_whole()) {
    throw std::runtime_error{to_text(work_.server().http) + " ended a stream"};
  }
}

void watchers::take_event(watcher& one, std::string_view event, clock::time_point now) {
  auto const id = field(event, "id: ");
  auto const data = field(event, "data: ");
  if (id && data) {
    tell(one, number(*id), *data, now);
  } else {
    ++counts_.comments;
  }
}

void watchers::tell(watcher& one, std::uint64_t index, std::string_view state,
                    clock::time_point now) {
  bool const is_first = !std::exchange(one.knows, true);
  bool const grows = is_first || index > one.index;
  one.index = index;
  one.state = state;
  one.told_at = now;
  if (is_first) {
    ++knowing_;
    if (opened_ < all_.size()) {
      open_next();
    }
    return;
  }
  ++counts_.events;
  counts_.bytes += state.size();
  counts_.ids_not_growing += grows ? 0 : 1;
  counts_.unexpected += told_.told(one.topic, one.changes, now) ? 0 : 1;
}

std::size_t watchers::differing(std::size_t topic, std::string_view state) {
  auto const locked = lock();
  return static_cast<std::size_t>(std::ranges::count_if(
      all_, [&](watcher const& one) { return one.topic == topic && one.state != state; }));
}

latencies watchers::last_events(clock::time_point since) const {
  latencies found;
  for (auto const& one : all_) {
    if (one.told_at > since) {
      found.add(one.told_at - since);
    }
  }
  return found;
}

}  // namespace bench
