#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# installed_texts.sh <nsqlookupd> <nsqlookupd.8.gz> <directory of the completions>
# The man page and the completions know every flag that the server has, and no other.
set -euo pipefail
server=$1 page=$2 completions=$3
failures=0

expect_equal() {
  local description=$1 expected=$2 got=$3
  [[ $got == "$expected" ]] && return
  failures=$((failures + 1))
  printf 'FAILED: %s\n' "$description"
  diff <(printf '%s\n' "$expected") <(printf '%s\n' "$got") || true
}

flags=$("$server" -h | sed -n 's/^  \(-[^ ]*\).*/\1/p')
commands=$'check\nhash-token\nhealthcheck\nhelp\nversion\nwatch'
levels=$'debug\ninfo\nwarn\nerror\nfatal'

# complete_in_bash <word>…: prints the completions of the last word, one a line. bash splits at =.
complete_in_bash() {
  bash -c '
    source "$1/nsqlookupd.bash"
    shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    compopt() { :; }
    _nsqlookupd "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf "%s\n" "${COMPREPLY[@]}"' bash "$completions" "$server" "$@"
}

check_man_page() {
  expect_equal 'flags in the man page' "$flags" "$(gzip -dc "$page" |
    sed -n 's/^\\fB\(\\-[^ ]*\)\\fR.*/\1/p' | sed 's/\\-/-/g')"
  expect_equal 'groups in the man page' "$("$server" -h | sed -n '/^Usage/d; s/^\([A-Z].*\):$/\1/p')" \
    "$(gzip -dc "$page" | sed -n 's/^\.SS //p')"
}

check_bash() {
  expect_equal 'bash: all flags' "$flags" "$(complete_in_bash -)"
  expect_equal 'bash: some flags' $'-max-topics' "$(complete_in_bash -max-t)"
  expect_equal 'bash: flags behind a flag' "$flags" "$(complete_in_bash -debug -)"
  expect_equal 'bash: values behind =' "$levels" "$(complete_in_bash -log-level =)"
  expect_equal 'bash: a value begun' $'debug' "$(complete_in_bash --log-level = d)"
  expect_equal 'bash: a value in a word of its own' $'warn' "$(complete_in_bash -log-level w)"
  expect_equal 'bash: where any value is possible' '' "$(complete_in_bash -tcp-address =)"
  expect_equal 'bash: a file' "$page" "$(complete_in_bash -config = "${page%.gz}")"
  expect_equal 'bash: two dashes' $'--max-topics' "$(complete_in_bash --max-t)"
  expect_equal 'bash: commands' "$commands" "$(complete_in_bash '')"
  expect_equal 'bash: a command begun' $'hash-token\nhealthcheck\nhelp' "$(complete_in_bash h)"
  expect_equal 'bash: commands behind help' 'check' "$(complete_in_bash help c)"
  expect_equal 'bash: a right' $'read\nwrite' "$(complete_in_bash hash-token me '')"
  expect_equal 'bash: a switch of check' '-strict' "$(complete_in_bash check -str)"
  expect_equal 'bash: flags of watch' $'-exec\n-token-file' "$(complete_in_bash watch clicks -ex; complete_in_bash watch clicks -token)"
  expect_equal 'bash: a file of watch' "$page" "$(complete_in_bash watch clicks -token-file "${page%.gz}")"
  expect_equal 'bash: its paths' '/readyz' "$(complete_in_bash healthcheck /r)"
}

check_zsh() {
  command -v zsh >/dev/null || return 0
  local specs
  # shellcheck disable=SC2016
  specs=$(zsh -fc '_arguments() { print -rl -- "$@" }
    words=("$1")
    source "$2"' zsh "$server" "$completions/_nsqlookupd")
  expect_equal 'zsh: all flags' "$flags" "$(sed -n 's/^\(-[a-z0-9-]*\)=\{0,1\}\[.*/\1/p' <<<"$specs")"
  expect_equal 'zsh: commands' "1:command:(${commands//$'\n'/ })" "$(grep '^1:' <<<"$specs")"
  expect_equal 'zsh: a value' "(${levels//$'\n'/ })" \
    "$(sed -n 's/^-log-level=.*:value://p' <<<"$specs")"
  expect_equal 'zsh: a switch' '-debug[log everything, as -log-level=debug does]' \
    "$(grep '^-debug' <<<"$specs")"
}

check_man_page
check_bash
check_zsh
((failures == 0)) || exit 1
echo "the man page and the completions have all $(wc -l <<<"$flags") flags"
