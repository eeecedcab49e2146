#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# promtool.sh <path of nsqlookupd> <path of promtool>
#
# Prometheus' own tool on the metrics that the server exposes after some of everything, and on the
# alert rules and their tests.
set -euo pipefail
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY

server=${1:?usage: promtool.sh <path of nsqlookupd> <path of promtool>}
promtool=${2:?usage: promtool.sh <path of nsqlookupd> <path of promtool>}
rules=$(dirname "${BASH_SOURCE[0]}")/../../deploy/prometheus/nsqlookupd.rules.yml
dir=$(mktemp -d)
readonly server promtool rules dir

# shellcheck disable=SC2317
clean_up() {
  if [[ -n ${pid:-} ]]; then
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  fi
  rm -rf "$dir"
}
trap clean_up EXIT

# port_of <TCP|HTTP>: the port that the log names; empty while it names none.
port_of() {
  sed -nE "s/.* $1: listening on .*:([0-9]+)\$/\1/p" "$dir/log"
}

"$server" -tcp-address=127.0.0.1:0 -http-address=127.0.0.1:0 2>"$dir/log" &
pid=$!
deadline=$((SECONDS + 30))
until [[ -n $(port_of TCP) && -n $(port_of HTTP) ]]; do
  if ((SECONDS >= deadline)) || ! kill -0 "$pid"; then
    cat "$dir/log" >&2
    exit 1
  fi
  sleep 0.05
done
url=http://127.0.0.1:$(port_of HTTP)

ask() {
  curl --disable --silent --max-time 30 "$@"
}

exec 3<>"/dev/tcp/127.0.0.1/$(port_of TCP)"
printf '  V1PING\nFOO\n' >&3
ask "$url/lookup?topic=t" "$url/nosuch" "$url/topics" >"$dir/answers"
ask --fail "$url/metrics" >"$dir/metrics"

"$promtool" check metrics <"$dir/metrics"
"$promtool" check rules "$rules"
# The rules are looked for beside their tests.
cp "$rules" "$(dirname "${BASH_SOURCE[0]}")/alerts_test.yml" "$dir"
"$promtool" test rules "$dir/alerts_test.yml"
# Each alert has its test, and its paragraph in the runbook.
for alert in $(sed -n 's/^ *- alert: //p' "$rules"); do
  grep -q "alertname: $alert\$" "$dir/alerts_test.yml" || { echo "no test of $alert" >&2; exit 1; }
  grep -q "^## $alert\$" "$(dirname "$rules")/../../docs/RUNBOOK.md" ||
    { echo "docs/RUNBOOK.md has no $alert" >&2; exit 1; }
done
grep -q '^nsqlookupd_http_requests_total{route="/lookup",code="404"} 1$' "$dir/metrics"
grep -q '^nsqlookupd_http_requests_total{route="/lookup",code="500"} 0$' "$dir/metrics"
