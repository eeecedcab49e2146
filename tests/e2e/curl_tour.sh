#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# curl_tour.sh <path of nsqlookupd>
#
# Every route of the HTTP API by a real curl, against the real server: status lines, headers and
# bodies, byte for byte.
set -euo pipefail
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY

server=${1:?usage: curl_tour.sh <path of nsqlookupd>}
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

# Masks the values that differ from run to run, and removes the line ends of headers.
mask() {
  sed -E -e 's/\r$//' -e 's/^Date: [A-Z][a-z]{2}, .* GMT$/Date: D/' \
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

tour_reads() {
  check --include "$url/ping" <<'END'
HTTP/1.1 200 OK
Date: D
Content-Length: 2
Content-Type: text/plain; charset=utf-8

OK|
END
  check "$url/info" <<<'{"version":"V"}|'
  json '{"topics":["t1"]}' "$url/topics"
  json '{"channels":["c1"]}' "$url/channels?topic=t1"
  json '{"channels":["c1"]}' "$url/channels?topic=*"
  json '{"channels":[]}' "$url/channels?topic=unknown"
  check "$url/lookup?topic=t1" <<'END'
{"channels":["c1"],"producers":[{"remote_address":"R","hostname":"h1","broadcast_address":"10.0.0.1","tcp_port":4150,"http_port":4151,"version":"1.3.0","topology_zone":"","topology_region":""}]}|
END
  check "$url/nodes" <<'END'
{"producers":[{"remote_address":"R","hostname":"h1","broadcast_address":"10.0.0.1","tcp_port":4150,"http_port":4151,"version":"1.3.0","topology_zone":"","topology_region":"","tombstones":[false],"topics":["t1"]}]}|
END
  local entry='{"broadcast_address":"10.0.0.1","hostname":"h1","http_port":4151,"id":"R","last_update":T,"tcp_port":4150,"tombstoned":false,"tombstoned_at":-6795364578871345152,"topology_region":"","topology_zone":"","version":"1.3.0"}'
  check "$url/debug" <<<"{\"channel:t1:c1\":[$entry],\"client::\":[$entry],\"topic:t1:\":[$entry]}|"

  error '404 Not Found' TOPIC_NOT_FOUND "$url/lookup?topic=unknown"
  error '404 Not Found' TOPIC_NOT_FOUND "$url/lookup?topic="
  error '400 Bad Request' MISSING_ARG_TOPIC "$url/lookup"
  error '400 Bad Request' MISSING_ARG_TOPIC "$url/channels"
  error '400 Bad Request' INVALID_REQUEST "$url/lookup?topic=%zz"
  error '400 Bad Request' INVALID_REQUEST "$url/lookup?topic=t1;x"
  error '404 Not Found' NOT_FOUND "$url/unknown"
}

tour_writes() {
  done_well -X POST "$url/topic/create?topic=t2"
  done_well -X POST "$url/channel/create?topic=t3&channel=c3"
  json '{"topics":["t1","t2","t3"]}' "$url/topics"
  json '{"channels":["c3"],"producers":[]}' "$url/lookup?topic=t3"
  done_well -X POST "$url/topic/tombstone?topic=t1&node=10.0.0.1:4151"
  json '{"channels":["c1"],"producers":[]}' "$url/lookup?topic=t1"
  check "$url/nodes" <<'END'
{"producers":[{"remote_address":"R","hostname":"h1","broadcast_address":"10.0.0.1","tcp_port":4150,"http_port":4151,"version":"1.3.0","topology_zone":"","topology_region":"","tombstones":[true],"topics":["t1"]}]}|
END
  done_well -X POST "$url/channel/delete?topic=t3&channel=c3"
  done_well -X POST "$url/topic/delete?topic=t3"
  done_well -X POST "$url/topic/delete?topic=t3"
  json '{"topics":["t1","t2"]}' "$url/topics"

  error '400 Bad Request' MISSING_ARG_TOPIC -X POST "$url/topic/create"
  error '400 Bad Request' INVALID_ARG_TOPIC -X POST "$url/topic/create?topic=bad%24name"
  error '400 Bad Request' INVALID_ARG_TOPIC -X POST "$url/topic/create?topic="
  error '400 Bad Request' INVALID_ARG_TOPIC -X POST "$url/topic/delete?topic=*"
  error '400 Bad Request' MISSING_ARG_CHANNEL -X POST "$url/channel/create?topic=t2"
  error '400 Bad Request' INVALID_ARG_CHANNEL -X POST "$url/channel/create?topic=t2&channel=%20"
  error '404 Not Found' CHANNEL_NOT_FOUND -X POST "$url/channel/delete?topic=t2&channel=c"
  error '400 Bad Request' MISSING_ARG_NODE -X POST "$url/topic/tombstone?topic=t1"
  error '400 Bad Request' INVALID_ARG_TOPIC -X POST "$url/topic/tombstone?topic=*&node=n:1"
}

tour_routes_of_2012() {
  check --include "$url/create_topic?topic=old" <<'END'
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
Date: D
Content-Length: 49

{"status_code":200,"status_txt":"OK","data":null}|
END
  for request in 'create_channel?topic=old&channel=c' 'delete_channel?topic=old&channel=c' \
    'tombstone_topic_producer?topic=old&node=n:1' 'delete_topic?topic=old'; do
    check -X POST "$url/$request" <<<'{"status_code":200,"status_txt":"OK","data":null}|'
  done
  json '{"topics":["t1","t2"]}' "$url/topics"
}

# not_allowed <allowed> <curl arguments…>
not_allowed() {
  local allowed=$1
  shift
  check --include "$@" <<END
HTTP/1.1 405 Method Not Allowed
Allow: $allowed
Content-Type: application/json; charset=utf-8
X-Nsq-Content-Type: nsq; version=1.0
Date: D
Content-Length: 32

{"message":"METHOD_NOT_ALLOWED"}|
END
}

tour_methods() {
  for path in ping info topics nodes debug lookup channels; do
    not_allowed 'GET, OPTIONS' -X POST "$url/$path"
  done
  for path in topic/create topic/delete topic/tombstone channel/create channel/delete; do
    not_allowed 'OPTIONS, POST' "$url/$path"
  done
  not_allowed 'GET, OPTIONS' -X DELETE "$url/ping"
  # The connection goes on after a HEAD.
  check --include --head "$url/ping" --next --silent --write-out ' %{num_connects}' "$url/topics" <<'END'
HTTP/1.1 405 Method Not Allowed
Allow: GET, OPTIONS
Content-Type: application/json; charset=utf-8
X-Nsq-Content-Type: nsq; version=1.0
Date: D
Content-Length: 32

{"topics":["t1","t2"]} 0|
END
  # Load balancers ask so.
  check --head --output /dev/null --write-out '%{http_code}' "$url/readyz" <<<'200|'
  check --include -X OPTIONS "$url/topics" <<'END'
HTTP/1.1 200 OK
Allow: GET, OPTIONS
Date: D
Content-Length: 0

|
END
  check --include -X OPTIONS "$url/topic/create" <<'END'
HTTP/1.1 200 OK
Allow: OPTIONS, POST
Date: D
Content-Length: 0

|
END
  check --include -X OPTIONS --request-target '*' "$url" <<'END'
HTTP/1.1 200 OK
Date: D
Content-Length: 0

|
END
}

tour_redirects() {
  check --include "$url/topics/?a=1&b=2" <<'END'
HTTP/1.1 301 Moved Permanently
Content-Type: text/html; charset=utf-8
Location: /topics?a=1&b=2
Date: D
Content-Length: 54

<a href="/topics?a=1&amp;b=2">Moved Permanently</a>.

|
END
  check --location "$url/Topics/" <<<'{"topics":["t1","t2"]}|'
  check --location "$url//x/../channels/./?topic=t1" <<<'{"channels":["c1"]}|'
  check --include -X POST "$url/topic/create/?topic=moved" <<'END'
HTTP/1.1 307 Temporary Redirect
Location: /topic/create?topic=moved
Date: D
Content-Length: 0

|
END
  json '{"channels":[]}' "$url/channels?topic=moved"
  check --location --data 'a body' --write-out '%{http_code} %{num_redirects}' \
    "$url/Topic/Create?topic=moved" <<<'200 1|'
  json '{"topics":["moved","t1","t2"]}' "$url/topics"
  done_well -X POST "$url/topic/delete?topic=moved"
}

tour_bodies() {
  done_well --data 'topic=ignored' "$url/topic/create?topic=t2"
  done_well --header 'Transfer-Encoding: chunked' --data 'topic=ignored' "$url/topic/create?topic=t2"
  head -c 300000 /dev/zero >"$dir/large"
  done_well --header 'Expect:' --data-binary "@$dir/large" "$url/topic/create?topic=t2"
  check --include --header 'Expect: 100-continue' --data 'body' "$url/topic/create?topic=t2" <<'END'
HTTP/1.1 100 Continue

HTTP/1.1 200 OK
X-Nsq-Content-Type: nsq; version=1.0
Date: D
Content-Length: 0

|
END
  check --include --header 'Expect: 100-continue' --data 'body' "$url/unknown" <<'END'
HTTP/1.1 404 Not Found
Content-Type: application/json; charset=utf-8
X-Nsq-Content-Type: nsq; version=1.0
Date: D
Content-Length: 23
Connection: close

{"message":"NOT_FOUND"}|
END
  check --header 'Expect: a miracle' --write-out ' %{http_code}' "$url/ping" \
    <<<'417 Expectation Failed 417|'
  head -c 2000000 /dev/zero >"$dir/too_large"
  check --header 'Expect:' --data-binary "@$dir/too_large" --write-out ' %{http_code}' \
    "$url/topic/create?topic=t2" <<<'413 Request Entity Too Large 413|'
}

tour_versions_and_targets() {
  check --include --http1.0 "$url/ping" <<'END'
HTTP/1.0 200 OK
Date: D
Content-Length: 2
Content-Type: text/plain; charset=utf-8

OK|
END
  check --include --http1.0 --header 'Connection: keep-alive' "$url/ping" <<'END'
HTTP/1.0 200 OK
Date: D
Content-Length: 2
Content-Type: text/plain; charset=utf-8
Connection: keep-alive

OK|
END
  check --include --header 'Connection: close' "$url/ping" <<'END'
HTTP/1.1 200 OK
Date: D
Content-Length: 2
Content-Type: text/plain; charset=utf-8
Connection: close

OK|
END
  check --proxy "$url" 'http://lookup.example:4161/channels?topic=t1' <<<'{"channels":["c1"]}|'
  check --request-target 'http://lookup.example/topics' "$url" <<<'{"topics":["t1","t2"]}|'
  check "$url/%70ing" <<<'OK|'
  check --user name:secret --header 'Accept: application/vnd.nsq; version=1.0' "$url/ping" <<<'OK|'
  check --header 'Host;' "$url/ping" <<<'OK|'
  check --header 'Host:' --write-out ' %{http_code}' "$url/ping" \
    <<<'400 Bad Request: missing required Host header 400|'
  # One connection for all of it: the second and third are made on none of their own.
  check --write-out ' %{num_connects} ' "$url/ping" "$url/topics" "$url/unknown" \
    <<<'OK 1 {"topics":["t1","t2"]} 0 {"message":"NOT_FOUND"} 0 |'
}

tour_pprof() {
  check --write-out '%{http_code} %{content_type}' --output "$dir/page" "$url/debug/pprof" \
    <<<'200 text/html; charset=utf-8|'
  check --write-out '%{http_code} %header{location}' --output "$dir/page" "$url/debug/pprof/" \
    <<<'301 /debug/pprof|'
  for page in cmdline symbol heap goroutine block threadcreate; do
    check --write-out '%{http_code} %{content_type}' --output "$dir/page" \
      "$url/debug/pprof/$page?debug=1" <<<'200 text/plain; charset=utf-8|'
    [[ -s $dir/page ]]
  done
  check --write-out '%{http_code} %{content_type}' --output "$dir/page" \
    "$url/debug/pprof/profile?seconds=1" <<<'200 application/octet-stream|'
  check --write-out '%{http_code}' "$url/debug/pprof/profile?seconds=301" \
    <<<$'a profile may take 300 seconds at most\n400|'
  check --data-binary '0x1' --write-out '%{http_code}' --output "$dir/page" "$url/debug/pprof/symbol" \
    <<<'200|'
  grep -q '^num_symbols: 0$' "$dir/page"
  error '404 Not Found' NOT_FOUND "$url/debug/pprof/unknown"
}

start_server
connect_producer
tour_reads
tour_writes
tour_routes_of_2012
tour_methods
tour_redirects
tour_bodies
tour_versions_and_targets
tour_pprof

kill -TERM "$pid"
wait "$pid"
pid=
printf '%d passed, %d failed\n' "$((checks - failures))" "$failures"
exit "$((failures != 0))"
