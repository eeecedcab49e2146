// SPDX-License-Identifier: MIT
#include "engine_bio.hpp"

#include <algorithm>
#include <memory>
#include <new>

namespace nsqlookupd::tls {
namespace {

// Beyond this, an empty buffer's memory is given back.
constexpr std::size_t kept_capacity = 512;

engine_bio& wire_of(BIO* bio) {
  return *static_cast<engine_bio*>(BIO_get_data(bio));
}

int read(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  auto& wire = wire_of(bio);
  auto const count = std::min(wire.input().size(), static_cast<std::size_t>(size));
  if (count == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::copy_n(wire.input().data(), count, into);
  wire.take(count);
  return static_cast<int>(count);
}

// No exception may pass through OpenSSL.
int write(BIO* bio, char const* from, int size) {
  BIO_clear_retry_flags(bio);
  try {
    wire_of(bio).put({from, static_cast<std::size_t>(size)});
  } catch (std::bad_alloc const&) {
    return -1;
  }
  return size;
}

long control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

struct free_method {
  void operator()(BIO_METHOD* method) const noexcept { BIO_meth_free(method); }
};
using method_ptr = std::unique_ptr<BIO_METHOD, free_method>;

method_ptr make_method() {
  method_ptr method{BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "nsqlookupd")};
  if (!method) {
    throw std::bad_alloc{};
  }
  BIO_meth_set_read(method.get(), read);
  BIO_meth_set_write(method.get(), write);
  BIO_meth_set_ctrl(method.get(), control);
  return method;
}

void clear(std::string& buffer, std::size_t& position) noexcept {
  position = 0;
  if (buffer.capacity() > kept_capacity) {
    std::string{}.swap(buffer);
  } else {
    buffer.clear();
  }
}

}  // namespace

BIO* engine_bio::make_bio() {
  static auto const method = make_method();
  auto* const bio = BIO_new(method.get());
  if (bio == nullptr) {
    throw std::bad_alloc{};
  }
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  return bio;
}

void engine_bio::receive(std::string_view bytes) {
  input_.erase(0, taken_);
  taken_ = 0;
  input_.append(bytes);
}

void engine_bio::take(std::size_t count) noexcept {
  taken_ += count;
  if (taken_ == input_.size()) {
    clear(input_, taken_);
  }
}

void engine_bio::sent(std::size_t count) noexcept {
  sent_ += count;
  if (sent_ == output_.size()) {
    clear(output_, sent_);
  }
}

}  // namespace nsqlookupd::tls
