// SPDX-License-Identifier: MIT
#pragma once

#include "file_descriptor.hpp"
#include "patience.hpp"
#include "tls_layer.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace nsqlookupd::test_support {

/// A TCP connection to this machine that sends and expects exact bytes. Everything throws
/// std::system_error when the connection fails, and std::runtime_error when what it waits for does
/// not come in time.
class tcp_client {
 public:
  /// Connects to `host`, an IPv4 or IPv6 address, on `port`. `receive_buffer` is the size of the
  /// kernel's buffer in bytes; 0 leaves it to the system. So does an empty `from`, which is an
  /// address of this machine: from one alone there are ports for 28,000 connections, and the kernel
  /// is slow to find the last of them.
  explicit tcp_client(std::uint16_t port, std::string const& host = "127.0.0.1",
                      int receive_buffer = 0, std::string const& from = {});

  /// From here on, all bytes go over TLS, and TLS closes the connection, too.
  void start_tls(tls_settings const& how);
  /// Null before start_tls().
  [[nodiscard]] tls_layer const* tls() const noexcept { return tls_.get(); }

  /// The own end, as the server's log writes it: `127.0.0.1:50706`, `[::1]:50706`.
  [[nodiscard]] std::string const& name() const noexcept { return name_; }

  /// The socket, for its options.
  [[nodiscard]] int descriptor() const noexcept { return socket_.number(); }

  /// Sends all of it.
  void send(std::string_view bytes) const;

  /// Sends `bytes` again and again until the other side takes no more: until nothing could be sent
  /// for a while. Returns how much was sent; gives up with std::runtime_error after `limit` bytes.
  std::size_t send_until_stuck(std::string_view bytes, std::size_t limit) const;

  /// True when there is something to receive, or the end, now.
  [[nodiscard]] bool is_readable() const;

  /// Lets the kernel's buffer hold 64 KiB from here on, the most of a window that began small.
  /// Through one of 4 KiB the kernel may end up sending 2 KiB five times a second.
  void widen_buffer() const;

  /// Waits for the other side to reset the connection; false when it never did.
  [[nodiscard]] bool is_reset() const;

  /// Exactly so many bytes, or fewer if the other side ends before.
  [[nodiscard]] std::string receive(std::size_t size);

  /// The payload of one reply of the V1 protocol; the rest, if the other side ends before.
  [[nodiscard]] std::string receive_frame();

  /// Everything up to and with `end`, or up to where the other side ends.
  [[nodiscard]] std::string receive_through(std::string_view end);

  /// Everything until the other side has ended.
  [[nodiscard]] std::string receive_to_end();

  /// Sends no more, but still receives.
  void finish_sending() const;

  /// Ends the connection as a crash does: the other side gets a reset.
  void reset();

 private:
  [[nodiscard]] std::string_view unread() const;
  bool receive_more();

  file_descriptor socket_;
  std::string name_;
  // Null when it is spoken without.
  std::shared_ptr<tls_layer> tls_;
  std::string received_;
  // So many of its first bytes have been handed out.
  std::size_t handed_out_{};
};

}  // namespace nsqlookupd::test_support
