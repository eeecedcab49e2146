#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# dev_commands.sh <directory of the project>
# ./dev in a copy of its own, with tools that only note how they are called: it looks at its arguments first,
# shows help, and keeps in build/dev.log how long each phase took.
set -euo pipefail
project=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

make_copy() {
  local tool
  mkdir -p "$dir/copy/.ci" "$dir/tools"
  cp "$project/dev" "$dir/copy"
  for tool in "$dir/copy/.ci/install_deps" "$dir/tools"/{cmake,ctest,cpack,git}; do
    # shellcheck disable=SC2016
    printf '#!/bin/sh\necho "${0##*/} $*" >>"%s/calls"\n' "$dir" >"$tool"
    chmod +x "$tool"
  done
}

dev() {
  env PATH="$dir/tools:$PATH" "$dir/copy/dev" "$@"
}

check_arguments() {
  local command message
  for command in package release lint clean; do
    ! message=$(dev "$command" --fast 2>&1) || fail "$command takes any argument"
    [[ $message == "dev: $command takes no '--fast'; ./dev help $command" ]] || fail "$command: $message"
    [[ $(dev help "$command") == "$command "* ]] || fail "no help for $command"
    [[ $(dev "$command" --help) == "$(dev help "$command")" ]] || fail "$command --help is not its help"
  done
  for command in soak cluster-soak; do
    ! message=$(dev "$command" long 2>&1) || fail "$command takes any time"
    [[ $message == "dev: $command takes a number of seconds, not 'long'" ]] || fail "$command: $message"
    [[ $(dev help "$command") == "$command "* ]] || fail "no help for $command"
  done
  [[ ! -e $dir/calls && ! -e $dir/copy/build ]] || fail "something was done: $(cat "$dir/calls")"
}

check_log() {
  local log=$dir/copy/build/dev.log line
  dev --preset debug build nsqlookupd 2>"$dir/said"
  [[ $(wc -l <"$dir/said") == $(wc -l <"$log") ]] || fail "the log is not what was said: $(cat "$log")"
  line=$(tail -n 1 "$log")
  [[ $line =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}\ [0-9:]{8}\ \./dev\ --preset\ debug\ build\ nsqlookupd:\ built\ debug\ in\ [0-9]+\ s$ ]] ||
    fail "the log says '$line'"
  printf '%s\n' {1..3000} >>"$log"
  dev build 2>/dev/null
  (($(wc -l <"$log") < 2000)) || fail 'the log grows without end'
  [[ $(tail -n 1 "$log") == *'./dev build: built release in '* ]] || fail "the log ends with '$(tail -n 1 "$log")'"
  rm -r "$dir/copy/build"
  touch "$dir/copy/build"
  dev build 2>/dev/null || fail 'without a log it builds nothing'
}

# Each command to its end: a name that is used twice in ./dev only shows when it runs.
check_each_runs() {
  local command program built=$dir/copy/build/release
  rm "$dir/copy/build"
  mkdir -p "$built"/{apps/nsqlookupd,bench/load,tests/soak,tests/e2e/cluster}
  for program in apps/nsqlookupd/nsqlookupd bench/load/nsqlookupd-bench tests/soak/soak \
    tests/e2e/cluster/cluster_soak; do
    cp "$dir/tools/cmake" "$built/$program"
  done
  for command in build test 'test -R unit' package bench 'run -- -version' 'soak 1' 'cluster-soak 1 7'; do
    # shellcheck disable=SC2086
    dev $command >"$dir/said" 2>&1 || fail "./dev $command: $(cat "$dir/said")"
  done
}

make_copy
check_arguments
check_log
check_each_runs
echo './dev looks at its arguments and keeps a log'
