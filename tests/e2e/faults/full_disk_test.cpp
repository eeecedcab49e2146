// SPDX-License-Identifier: MIT
//
// A real file system, 64 KiB large, behind the log. Needs the right to mount one; CMake looks.
#include "besieged_server.hpp"
#include "eventually.hpp"
#include "scratch_directory.hpp"
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;

std::string text_of(std::string const& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(fault, a_log_whose_disk_is_full_goes_on_when_there_is_room_again) {
  test_support::scratch_directory const scratch;
  auto const disk = scratch.write("disk", "");
  std::filesystem::remove(disk);
  std::filesystem::create_directory(disk);
  auto const script = "mount -t tmpfs -o size=64k none " + disk + " && printf '%32768s' x >" +
                      disk + "/other && exec \"$0\" \"$@\" 2>" + disk + "/log";
  besieged_server besieged{{.error = test_support::error_output::closed,
                            .says_where = false,
                            .launcher = {UNSHARE, "-rm", "/bin/sh", "-c", script}}};
  auto const inside = "/proc/" + std::to_string(besieged.server().process().id()) + "/root" + disk;
  auto client = besieged.http_client();
  auto const target = "/lookup?topic=" + std::string(1000, 'x');
  for (int count = 0; count < 1000; ++count) {
    EXPECT_EQ(client.get(target).status(), 404);
  }
  EXPECT_TRUE(eventually([&] { return besieged.metric("nsqlookupd_log_dropped_total") > 100; }));
  EXPECT_LE(std::filesystem::file_size(inside + "/log"), 65'536);
  besieged.expect_service();

  std::filesystem::remove(inside + "/other");
  EXPECT_TRUE(eventually([&] {
    EXPECT_EQ(client.get("/topics").status(), 200);
    return text_of(inside + "/log").find(" log lines dropped: ") != std::string::npos;
  }));
  besieged.expect_recovery({.most_mib = 8, .left_mib = 8, .log_lines = 0});
  besieged.expect_good_end();
}

}  // namespace
}  // namespace nsqlookupd::e2e
