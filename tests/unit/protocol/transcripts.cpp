// SPDX-License-Identifier: MIT
#include "transcripts.hpp"

#include "v1_wire.hpp"

namespace nsqlookupd::protocol {
namespace {

using namespace std::literals;
using test_support::frame;
using test_support::identify;

std::vector<transcript> made_transcripts() {
  constexpr auto strict = client_error_policy::close;
  std::string const us{our_identity};
  return {
      {.name = "nsqd",
       .input =
           identify() +
           "REGISTER t c\nREGISTER t\nPING\nUNREGISTER t c\nUNREGISTER t\nREGISTER t#ephemeral\n",
       .expected = {us, "OK", "OK", "OK", "OK", "OK", "OK"}},
      {.name = "white space",
       .input = "PING\r\n \tPING\u3000\r\n\n\r\nREGISTER \tt\u00a0\n",
       .expected = {"OK", "OK", "E_INVALID invalid command ", "E_INVALID invalid command ",
                    "E_INVALID client must IDENTIFY"}},
      {.name = "errors",
       .input = "REGISTER t\n" + identify("{}") + identify("\n\n") + identify() +
                "REGISTER\nREGISTER  t\nREGISTER t $\nFOO\nPING\n",
       .expected = {"E_INVALID client must IDENTIFY", "E_BAD_BODY IDENTIFY missing fields",
                    "E_BAD_BODY IDENTIFY failed to decode JSON body", us,
                    "E_INVALID REGISTER insufficient number of params",
                    "E_BAD_TOPIC REGISTER topic name '' is not valid",
                    "E_BAD_CHANNEL REGISTER channel name '$' is not valid",
                    "E_INVALID invalid command FOO", "OK"}},
      {.name = "an error, strict",
       .input = "PING\nFOO\nPING\n",
       .expected = {"OK", "E_INVALID invalid command FOO"},
       .policy = strict,
       .closes = true},
      {.name = "IDENTIFY again",
       .input = identify() + identify("PING\nPING\n") + identify("") + "PING\n",
       .expected = {us, "E_INVALID cannot IDENTIFY again", "E_INVALID cannot IDENTIFY again",
                    "OK"}},
      {.name = "IDENTIFY again, strict",
       .input = identify() + identify(),
       .expected = {us, "E_INVALID cannot IDENTIFY again"},
       .policy = strict,
       .closes = true},
      {.name = "IDENTIFY again, too large",
       .input = identify() + "PING\nIDENTIFY\n" + "\0\0\0\x79PING\n"s,
       .expected = {us, "OK", "E_INVALID cannot IDENTIFY again"},
       .closes = true},
      {.name = "IDENTIFY, too large",
       .input = "PING\nIDENTIFY\n" + "\0\0\0\x79PING\n"s,
       .expected = {"OK", "E_BAD_BODY IDENTIFY failed to read body"},
       .closes = true},
      {.name = "IDENTIFY, negative",
       .input = "IDENTIFY\n\xff\xff\xff\xffPING\n",
       .expected = {"E_BAD_BODY IDENTIFY failed to read body"},
       .closes = true},
      {.name = "ANNOUNCE",
       .input = "ANNOUNCE t c\nANNOUNCE t c 4150\n" + frame("a\nb\n\n") + "ANNOUNCE t . 4150\n" +
                frame("") + "ANNOUNCE t . 0\n" + frame("PING\n") + "REGISTER t c\n" + identify("x"),
       .expected = {"E_INVALID ANNOUNCE insufficient number of params", "OK",
                    "E_BAD_BODY ANNOUNCE missing address",
                    "E_INVALID ANNOUNCE tcp port '0' is not valid", "OK",
                    "E_INVALID cannot IDENTIFY again"}},
      {.name = "ANNOUNCE, too large",
       .input = "ANNOUNCE t c 4150\n" + "\0\0\0\x79"s + "x",
       .expected = {"E_BAD_BODY ANNOUNCE failed to read body"},
       .closes = true},
      {.name = "lines at the limit and over it",
       .input = "PING" + std::string(transcript_line_size - 4, ' ') + "\nPING\nPING" +
                std::string(transcript_line_size - 3, ' ') + "\nPING\n",
       .expected = {"OK", "OK", "E_INVALID line is longer than 40 bytes"},
       .closes = true},
  };
}

}  // namespace

std::vector<transcript> const& transcripts() {
  static auto const made = made_transcripts();
  return made;
}

session_settings settings_of(transcript const& subject) {
  auto settings = with_policy(subject.policy);
  settings.max_line_size = transcript_line_size;
  settings.max_body_size = transcript_body_size;
  return settings;
}

}  // namespace nsqlookupd::protocol
