#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# pprof.sh <path of nsqlookupd> <path of google-pprof>
#
# gperftools' own tool on the CPU profiles of a busy server.
set -euo pipefail
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY

server=${1:?usage: pprof.sh <path of nsqlookupd> <path of google-pprof>}
pprof=${2:?usage: pprof.sh <path of nsqlookupd> <path of google-pprof>}
dir=$(mktemp -d)
readonly server pprof dir
# Where the tool puts what it has fetched.
export HOME=$dir PPROF_TMPDIR=$dir

# shellcheck disable=SC2317
clean_up() {
  kill -KILL ${asking:-} ${pid:-} 2>/dev/null || true
  { wait; } 2>/dev/null || true
  rm -rf "$dir"
}
trap clean_up EXIT

port() {
  sed -nE 's/.* HTTP: listening on .*:([0-9]+)$/\1/p' "$dir/log"
}

"$server" -tcp-address=127.0.0.1:0 -http-address=127.0.0.1:0 -access-log=off 2>"$dir/log" &
pid=$!
deadline=$((SECONDS + 30))
until [[ -n $(port) ]]; do
  if ((SECONDS >= deadline)) || ! kill -0 "$pid"; then
    cat "$dir/log" >&2
    exit 1
  fi
  sleep 0.05
done
url=http://127.0.0.1:$(port)

(while :; do curl --disable --silent --output /dev/null "$url/openapi.json?[1-2000]" || true; done) &
asking=$!

# sampled <google-pprof's arguments…>
sampled() {
  "$pprof" --text "$@" >"$dir/text" 2>"$dir/errors" || true
  grep -q 'nsqlookupd::net::.*http_session' "$dir/text"
}

# expect <command…>: a profile of two seconds may have but a few samples on a busy machine.
expect() {
  local deadline=$((SECONDS + 60))
  until "$@"; do
    if ((SECONDS >= deadline)); then
      printf 'no HTTP session in the profile by: %s\n' "$*"
      cat "$dir/text" "$dir/errors" "$dir/log"
      exit 1
    fi
  done
}

profile() {
  curl --disable --silent --write-out '%{http_code}' --output "$dir/profile" "$@"
}

sampled_by_curl() {
  [[ $(profile "$url/debug/pprof/profile?seconds=2") == 200 ]] && sampled "$server" "$dir/profile"
}

# One that the tool fetches itself, and one after another. The signal of a profile that has ended, or
# has not begun, must not end the server, nor the next profile's samples.
kill -PROF "$pid"
expect sampled --seconds=2 "$server" "$url/debug/pprof/profile"
kill -PROF "$pid"
expect sampled_by_curl

# A client that leaves in the middle takes its profile with it.
profile --max-time 1 "$url/debug/pprof/profile?seconds=300" >/dev/null || true
deadline=$((SECONDS + 30))
until [[ $(profile "$url/debug/pprof/profile?seconds=1") == 200 ]]; do
  ((SECONDS < deadline))
done

# No request put a foreign line into the log.
if grep -v '^\[nsqlookupd\] ' "$dir/log"; then
  exit 1
fi
kill -TERM "$pid"
wait "$pid"
