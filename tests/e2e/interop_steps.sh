# SPDX-License-Identifier: MIT
#
# The steps of the scripts that run real programs of NSQ, which source this file: starting and
# ending programs, waiting for what they say. NSQD and NSQADMIN name the programs; they may be
# several words, such as 'docker run --rm --network host nsqio/nsq:v1.3.0 nsqd'.
set -euo pipefail

read -ra nsqd_command <<<"${NSQD:-nsqd}"
read -ra nsqadmin_command <<<"${NSQADMIN:-nsqadmin}"
dir=$(mktemp -d)
readonly nsqd_command nsqadmin_command dir
declare -A pids=()

# Runs on exit: ends what is left and, after a failure, shows what each program said.
clean_up() {
  local status=$? name
  for name in "${!pids[@]}"; do
    stop "$name" || true
  done
  if ((status != 0)); then
    tail -n 40 "$dir"/*.log >&2
  fi
  rm -rf "$dir"
}
trap clean_up EXIT

# start <name> <command…>: in the background, its output in $dir/<name>.log.
start() {
  local name=$1
  shift
  # It is read before the program may have begun.
  : >"$dir/$name.log"
  (cd "$dir" && exec "$@") >"$dir/$name.log" 2>&1 &
  pids[$name]=$!
}

# stop <name>: asks it to end and returns its exit status.
stop() {
  local pid=${pids[$1]}
  unset "pids[$1]"
  kill -TERM "$pid"
  wait "$pid"
}

# wait_until <description> <command…>: polls for at most 30 seconds, or $limit.
wait_until() {
  local description=$1 deadline=$((SECONDS + ${limit:-30}))
  shift
  until "$@"; do
    if ((SECONDS >= deadline)); then
      printf 'FAILED  %s\n' "$description" >&2
      exit 1
    fi
    sleep 0.1
  done
  printf 'ok      %s\n' "$description"
}

# port_of <name> <TCP|HTTP>: the port that a program says last it listens on; empty while it says nothing.
port_of() {
  sed -nE "s/.*$2: listening on .*:([0-9]+)\$/\1/p" "$dir/$1.log" | tail -n 1
}
listens() {
  [[ -n $(port_of "$1" HTTP) ]]
}

# has <url> <regex>, lacks <url> <regex>: whether the answer contains it.
has() {
  curl -sf "$1" | grep -qE "$2"
}
lacks() {
  local answer
  answer=$(curl -sf "$1") && ! grep -qE "$2" <<<"$answer"
}

# lines <name> <text>: how many lines of a program's log contain it.
lines() {
  grep -cF "$2" "$dir/$1.log" || true
}
has_lines() {
  (($(lines "$1" "$2") >= $3))
}

# expect_no_line <description> <file>
expect_no_line() {
  if [[ -s $2 ]]; then
    printf 'FAILED  %s\n' "$1" >&2
    exit 1
  fi
  printf 'ok      %s\n' "$1"
}
