# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# For the tests that compare what a real curl gets of a real server, byte for byte: sourced with the
# path of nsqlookupd as the first argument.
set -euo pipefail
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY

server=${1:?usage: $0 <path of nsqlookupd>}
dir=$(mktemp -d)
readonly server dir
failures=0
checks=0

# shellcheck disable=SC2317
clean_up() {
  local status=$?
  if [[ -n ${pid:-} ]]; then
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  fi
  if ((status != 0)); then tail -n 20 "$dir/log" >&2; fi
  rm -rf "$dir"
}
trap clean_up EXIT

# port_of <TCP|HTTP>: the port that the log names; empty while it names none.
port_of() {
  sed -nE "s/.* $1: listening on .*:([0-9]+)\$/\1/p" "$dir/log"
}

start_server() {
  local deadline=$((SECONDS + 30))
  "$server" -tcp-address=127.0.0.1:0 -http-address=127.0.0.1:0 2>"$dir/log" &
  pid=$!
  until [[ -n $(port_of TCP) && -n $(port_of HTTP) ]]; do
    if ((SECONDS >= deadline)) || ! kill -0 "$pid"; then
      echo 'the server does not listen' >&2
      exit 1
    fi
    sleep 0.05
  done
  # For the file that sources this one.
  # shellcheck disable=SC2034
  url=http://127.0.0.1:$(port_of HTTP)
}

# Stays connected as a producer on descriptor 3.
connect_producer() {
  local identity='{"broadcast_address":"10.0.0.1","hostname":"h1","http_port":4151,"tcp_port":4150,"version":"1.3.0"}'
  exec 3<>"/dev/tcp/127.0.0.1/$(port_of TCP)"
  printf '  V1IDENTIFY\n\0\0\0%b%s' "\\x$(printf '%x' ${#identity})" "$identity" >&3
  printf 'REGISTER t1 c1\n' >&3
  # Two frames of OK end the replies.
  printf 'PING\n' >&3
  while IFS= read -r -t 30 -N 1 -u 3 byte; do
    replies+=$byte
    if [[ $replies == *OK*OK ]]; then return; fi
  done
  echo 'the producer was not registered' >&2
  exit 1
}

# Masks the values that differ from run to run, and removes the line ends of headers, and the index
# where it stands in both of its headers; curl_changes.sh has those.
mask() {
  sed -E -e 's/\r$//' -e '/^X-Nsq-Index: [0-9]+$/{N;s/\r$//;/^X-Nsq-Index: ([0-9]+)\nETag: "\1"$/d}' \
    -e 's/^(id: )[0-9]+$/\1I/' -e 's/"(revision|next|oldest)":[0-9]+/"\1":I/g' -e 's/"(time|last_update)":"[^"]*Z"/"\1":"T"/g' \
    -e 's/^Date: [A-Z][a-z]{2}, .* GMT$/Date: D/' \
    -e 's/"remote_address":"127\.0\.0\.1:[0-9]+"/"remote_address":"R"/g' \
    -e 's/"id":"127\.0\.0\.1:[0-9]+"/"id":"R"/g' -e 's/"(last_update|tombstoned_at)":[1-9][0-9]+/"\1":T/g' \
    -e 's/v[0-9]+\.[0-9]+\.[0-9]+ \(built w\/[^)]*\)/V/' -e 's/"version":"[0-9.]+"\}$/"version":"V"}/'
}

# check <curl arguments…>: compares what curl prints, with a | behind it, to standard input.
check() {
  local expected actual
  expected=$(cat)
  actual=$(curl --disable --silent --globoff --path-as-is --max-time 30 "$@" 2>&1 | mask; printf '|')
  checks=$((checks + 1))
  if [[ $actual != "$expected" ]]; then
    failures=$((failures + 1))
    printf 'FAILED  curl %s\n' "$*"
    diff <(printf '%s\n' "$expected") <(printf '%s\n' "$actual") || true
  fi
}

# error <status line> <code> <curl arguments…>: expects the V1 error with this code.
error() {
  local status=$1 body="{\"message\":\"$2\"}"
  shift 2
  check --include "$@" <<END
HTTP/1.1 $status
Content-Type: application/json; charset=utf-8
X-Nsq-Content-Type: nsq; version=1.0
Date: D
Content-Length: ${#body}

$body|
END
}

# done_well <curl arguments…>: expects the V1 answer without a body.
done_well() {
  check --include "$@" <<'END'
HTTP/1.1 200 OK
X-Nsq-Content-Type: nsq; version=1.0
Date: D
Content-Length: 0

|
END
}

# json <body> <curl arguments…>: expects this V1 answer.
json() {
  local body=$1
  shift
  check --include "$@" <<END
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
X-Nsq-Content-Type: nsq; version=1.0
Date: D
Content-Length: ${#body}

$body|
END
}

# Ends the server, says how it went, and exits.
finish() {
  kill -TERM "$pid"
  wait "$pid"
  pid=
  printf '%d passed, %d failed\n' "$((checks - failures))" "$failures"
  exit "$((failures != 0))"
}
