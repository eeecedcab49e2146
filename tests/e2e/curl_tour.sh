#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# curl_tour.sh <path of nsqlookupd>
#
# Every route of the HTTP API by a real curl, against the real server: status lines, headers and
# bodies, byte for byte.
set -euo pipefail

# shellcheck source=tests/e2e/curl_checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/curl_checks.sh"

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
finish
