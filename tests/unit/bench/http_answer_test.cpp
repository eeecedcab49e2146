// SPDX-License-Identifier: MIT
#include "http_answer.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace bench {
namespace {

std::string const with_length = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello";
std::string const chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    "4\r\nhell\r\nB\r\no 0\r\n\r\n0\r\n \r\n0\r\n\r\n";

std::string error_of(std::string const& bytes) {
  http_answer answer;
  try {
    answer.take(bytes);
  } catch (std::runtime_error const& error) {
    return error.what();
  }
  return "none";
}

TEST(http_answer, with_a_length_ends_after_so_many_bytes) {
  http_answer answer;
  EXPECT_EQ(answer.take(with_length + "HTTP/1.1"), with_length.size());
  EXPECT_TRUE(answer.is_whole());
  EXPECT_EQ(answer.body_bytes(), 5U);
  EXPECT_EQ(answer.body_start(), "hello");
}

TEST(http_answer, without_a_body_ends_with_its_head) {
  http_answer answer;
  std::string const empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  EXPECT_EQ(answer.take(empty + with_length), empty.size());
  EXPECT_TRUE(answer.is_whole());
}

TEST(http_answer, in_chunks_ends_with_the_empty_one_and_not_with_what_looks_like_it) {
  http_answer answer;
  EXPECT_EQ(answer.take(chunked + "HTTP/1.1"), chunked.size());
  EXPECT_TRUE(answer.is_whole());
  EXPECT_EQ(answer.body_bytes(), 15U);
  EXPECT_EQ(answer.body_start(), "hello 0\r\n\r\n0\r\n ");
}

TEST(http_answer, may_come_in_any_pieces) {
  for (auto const& whole : {with_length, chunked}) {
    for (std::size_t size = 1; size < whole.size(); ++size) {
      http_answer answer;
      for (std::size_t at = 0; at < whole.size(); at += size) {
        EXPECT_FALSE(answer.is_whole());
        auto const piece = std::string_view{whole}.substr(at, size);
        EXPECT_EQ(answer.take(piece), piece.size());
      }
      EXPECT_TRUE(answer.is_whole()) << "in pieces of " << size;
    }
  }
}

TEST(http_answer, keeps_no_more_than_its_beginning) {
  constexpr std::size_t size = 100'000;
  http_answer answer;
  answer.take("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
  for (std::size_t at = 0; at < size; at += 1000) {
    answer.take(std::string(1000, 'x'));
  }
  EXPECT_TRUE(answer.is_whole());
  EXPECT_EQ(answer.body_bytes(), size);
  EXPECT_EQ(answer.body_start(), std::string(256, 'x'));
}

TEST(http_answer, of_another_status_is_an_error_that_names_it) {
  EXPECT_EQ(error_of("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
            "the server answered HTTP/1.1 404 Not Found");
}

TEST(http_answer, that_is_no_http_is_an_error) {
  EXPECT_EQ(error_of("SSH-2.0-OpenSSH"), "the server does not speak HTTP");
  EXPECT_EQ(error_of(std::string("\0\0\0\2OK", 6)), "the server does not speak HTTP");
  EXPECT_EQ(error_of("HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x')),
            "the server does not speak HTTP");
}

TEST(http_answer, with_a_size_that_is_no_number_is_an_error) {
  auto const* const nonsense = "the server sent HTTP that makes no sense";
  EXPECT_EQ(error_of("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"), nonsense);
  EXPECT_EQ(error_of("HTTP/1.1 200 OK\r\n\r\nhello\r\n"), nonsense);
}

}  // namespace
}  // namespace bench
