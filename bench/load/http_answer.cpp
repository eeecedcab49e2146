// SPDX-License-Identifier: MIT
#include "http_answer.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace bench {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";
// Bytes of the line end behind a chunk.
constexpr std::size_t line_end = 2;

std::uint64_t number(std::string_view digits, int base) {
  std::uint64_t value = 0;
  auto const [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc{} || end == digits.data()) {
    throw std::runtime_error{"the server sent HTTP that makes no sense"};
  }
  return value;
}

}  // namespace

std::size_t http_answer::take(std::string_view bytes) {
  std::size_t used = 0;
  while (!is_whole() && used < bytes.size()) {
    used += take_some(bytes.substr(used));
  }
  return used;
}

std::size_t http_answer::take_some(std::string_view bytes) {
  switch (awaited_) {
    case part::head:
      return take_head(bytes);
    case part::chunk_size:
      return take_chunk_size(bytes);
    default:
      return take_body(bytes);
  }
}

std::size_t http_answer::take_head(std::string_view bytes) {
  constexpr std::size_t longest = std::size_t{64} << 10U;
  constexpr std::string_view beginning = "HTTP/1.";
  auto const before = text_.size();
  text_.append(bytes.substr(0, longest));
  if (!text_.starts_with(beginning.substr(0, text_.size())) || text_.size() > 2 * longest) {
    throw std::runtime_error{"the server does not speak HTTP"};
  }
  auto const end = text_.find(head_end, before - std::min(before, head_end.size()));
  if (end == std::string::npos) {
    return text_.size() - before;
  }
  text_.resize(end + head_end.size());
  auto const used = text_.size() - before;
  read_head();
  text_.clear();
  return used;
}

void http_answer::read_head() {
  constexpr std::string_view length_name = "\r\nContent-Length: ";
  constexpr std::string_view index_name = "\r\nX-Nsq-Index: ";
  auto const status = number(std::string_view{text_}.substr(text_.find(' ') + 1), 10);
  if (status != 200) {
    throw http_refusal{"the server answered " + text_.substr(0, text_.find('\r')),
                       static_cast<int>(status)};
  }
  auto const index = text_.find(index_name);
  if (index != std::string::npos) {
    index_ = number(std::string_view{text_}.substr(index + index_name.size()), 10);
  }
  auto const length = text_.find(length_name);
  if (length == std::string::npos) {
    awaited_ = part::chunk_size;
    return;
  }
  rest_ = number(std::string_view{text_}.substr(length + length_name.size()), 10);
  awaited_ = rest_ == 0 ? part::nothing : part::body;
}

std::size_t http_answer::take_chunk_size(std::string_view bytes) {
  auto const end = bytes.find('\n');
  text_.append(bytes.substr(0, end));
  if (end == std::string_view::npos) {
    return bytes.size();
  }
  auto const size = number(text_, 16);
  text_.clear();
  awaited_ = size == 0 ? part::last_end : part::chunk;
  rest_ = size == 0 ? line_end : size;
  return end + 1;
}

std::size_t http_answer::take_body(std::string_view bytes) {
  auto const used = std::min(rest_, bytes.size());
  if (awaited_ == part::body || awaited_ == part::chunk) {
    body_start_.append(bytes.substr(0, std::min(used, longest_start_ - body_start_.size())));
    body_bytes_ += used;
  }
  rest_ -= used;
  if (rest_ == 0) {
    begin_next_part();
  }
  return used;
}

void http_answer::begin_next_part() {
  switch (awaited_) {
    case part::chunk:
      awaited_ = part::chunk_end;
      rest_ = line_end;
      break;
    case part::chunk_end:
      awaited_ = part::chunk_size;
      break;
    default:
      awaited_ = part::nothing;
  }
}

}  // namespace bench
