#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# release_files.sh <directory>
# What `./dev release` made there is whole: the sums are right, the archive's program runs where it was
# unpacked, and is that of the package, and the list of what is linked names it all. Needs jq.
set -euo pipefail
root=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
files=$(realpath "$1")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

expect() {
  local description=$1
  shift
  "$@" || {
    printf 'FAILED: %s\n' "$description" >&2
    exit 1
  }
  printf 'ok: %s\n' "$description"
}

quietly() {
  "$@" >"$dir/output" 2>&1 || {
    cat "$dir/output" >&2
    return 1
  }
}

version=$(sed -n 's/^  VERSION \([0-9.]*\)$/\1/p' "$root/CMakeLists.txt")
architecture=$(dpkg --print-architecture)
name=nsqlookupd-$version-linux-$architecture
package=nsqlookupd_${version}_$architecture.deb
unpacked=$dir/$name
bill=$files/$name.spdx.json

check_sums() {
  cd "$files"
  expect 'the sums are right' sha256sum --check --strict --quiet SHA256SUMS
  expect 'each file has its sum' test \
    "$(sed 's/^[0-9a-f]\{64\}  //' SHA256SUMS | sort)" = "$(find . -type f ! -name SHA256SUMS -printf '%f\n' | sort)"
  expect 'there is a package, an archive and a bill' test -f "$package" -a -f "$name.tar.gz" -a -f "$bill"
}

check_archive() {
  tar -C "$dir" -xf "$files/$name.tar.gz"
  expect 'it unpacks into one folder' test "$(ls "$dir")" = "$name"
  expect 'its program runs there' grep -q "^nsqlookupd v$version " <("$unpacked/bin/nsqlookupd" version)
  expect 'its config file is right' quietly "$unpacked/bin/nsqlookupd" check -strict \
    -config "$unpacked/etc/nsqlookupd/nsqlookupd.toml"
  local file
  for file in LICENSE README.md CHANGELOG.md docs/DEPLOYING.md lib/systemd/system/nsqlookupd.service \
    share/man/man8/nsqlookupd.8.gz share/bash-completion/completions/nsqlookupd \
    share/zsh/vendor-completions/_nsqlookupd; do
    expect "it has $file" test -f "$unpacked/$file"
  done
  dpkg-deb --extract "$files/$package" "$dir/package"
  expect 'the package has the same program' cmp "$unpacked/bin/nsqlookupd" "$dir/package/usr/bin/nsqlookupd"
}

# linked <DYNAMIC_LINK|STATIC_LINK>: names of packages.
linked() {
  jq -r --arg how "$1" '. as $all | .relationships[] | select(.relationshipType == $how) |
    .relatedSpdxElement as $id | $all.packages[] | select(.SPDXID == $id) | .name' "$bill" | sort
}

check_bill() {
  local sum
  sum=$(sha256sum "$unpacked/bin/nsqlookupd")
  expect 'the bill is that of the program' \
    test "$(jq -r '.packages[0].checksums[0].checksumValue' "$bill")" = "${sum%% *}"
  expect 'it has each library that is loaded' test "$(linked DYNAMIC_LINK)" = \
    "$("$root/deploy/linked_libraries" "$unpacked/bin/nsqlookupd" | cut -f 2 | sort -u)"
  expect 'it has Boost, whose headers are compiled in' grep -q '^libboost.*-dev$' <(linked STATIC_LINK)
  expect 'it has toml++, which is all headers' grep -q '^libtomlplusplus-dev$' <(linked STATIC_LINK)
  expect 'each has version, supplier, license and purl' quietly jq -e '.packages | all(
    .versionInfo != "" and (.supplier | startswith("Organization: ")) and .licenseDeclared != "" and
    (.externalRefs[0].referenceLocator | startswith("pkg:")))' "$bill"
}

check_sums
check_archive
check_bill
echo "$name: all is as it should be"
