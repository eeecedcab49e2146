#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# curl_changes.sh <path of nsqlookupd>
#
# Changes over HTTP, by a real curl against the real server: indexes, waiting, /watch, /events and
# /explain.
set -euo pipefail
# shellcheck source=tests/e2e/curl_checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/curl_checks.sh"

# index_of <path>: the index of the answer there.
index_of() {
  curl --disable --silent --head --request GET --max-time 30 "$url$1" | tr -d '\r' | sed -n 's/^X-Nsq-Index: //p'
}

tour_indexes() {
  local path index
  for path in '/lookup?topic=t1' '/lookup?topic=unknown' '/channels?topic=t1' '/topics?a=b' '/nodes?a=b'; do
    index=$(index_of "$path")
    check --header "If-None-Match: \"$index\"" --write-out '%{http_code} %header{x-nsq-index} %header{etag}' \
      "$url$path" <<<"304 $index \"$index\"|"
    check --write-out '%{http_code}' --output "$dir/page" "$url$path&index=$index&wait=1ms" \
      <<<"$([[ $path == *unknown ]] && echo 404 || echo 200)|"
    error '400 Bad Request' INVALID_ARG_INDEX "$url$path&index=x"
    error '400 Bad Request' INVALID_ARG_WAIT "$url$path&index=$index&wait=5"
  done
}

tour_streams() {
  # The stream goes on: curl gives up. The later of two limits counts.
  check --no-buffer --max-time 3 "$url/watch?topic=t2" <<'END'
id: I
event: lookup
data: {"channels":[],"producers":[]}

|
END
  check --no-buffer --max-time 3 "$url/watch?topic=unknown&topic=t2" <<'END'
id: I
event: not_found
data: {"topic":"unknown","message":"TOPIC_NOT_FOUND"}

id: I
event: lookup
data: {"topic":"t2","channels":[],"producers":[]}

|
END
}

tour_events() {
  check "$url/events?kind=channel_added&topic=t3" <<'END'
{"events":[{"revision":I,"time":"T","kind":"channel_added","topic":"t3","channel":"c3","producer":null,"cause":"POST /channel/create from 127.0.0.1"}],"next":I}|
END
  check --no-buffer --max-time 3 --header 'Accept: text/event-stream' "$url/events?kind=channel_added&topic=t3" <<'END'
id: I
event: change
data: {"revision":I,"time":"T","kind":"channel_added","topic":"t3","channel":"c3","producer":null,"cause":"POST /channel/create from 127.0.0.1"}

|
END
}

tour_explanation() {
  check "$url/explain?topic=t1" <<'END'
{"topic":"t1","exists":true,"producers":[{"remote_address":"R","hostname":"h1","broadcast_address":"10.0.0.1","tcp_port":4150,"http_port":4151,"version":"1.3.0","topology_zone":"","topology_region":"","known_by":"connection","last_update":"T","listed":true,"because":"","since":null,"cause":""}]}|
END
  check "$url/explain?topic=unknown" <<<'{"topic":"unknown","exists":false,"producers":[]}|'
}

tour_errors() {
  error '400 Bad Request' MISSING_ARG_TOPIC "$url/explain"
  error '400 Bad Request' INVALID_ARG_TOPIC "$url/explain?topic=*"
  error '400 Bad Request' MISSING_ARG_TOPIC "$url/watch"
  error '400 Bad Request' INVALID_ARG_TOPIC "$url/watch?topic=a+b"
  error '400 Bad Request' INVALID_ARG_INDEX "$url/watch?topic=a&index=x"
  error '400 Bad Request' INVALID_ARG_KIND "$url/events?kind=x"
  error '400 Bad Request' INVALID_ARG_LIMIT "$url/events?limit=0"
  error '400 Bad Request' INVALID_ARG_SINCE "$url/events?since=x"
  check --write-out ' %{http_code}' "$url/events?since=1" <<<'{"message":"EVENTS_GONE","oldest":I} 410|'
}

start_server
connect_producer
done_well -X POST "$url/topic/create?topic=t2"
done_well -X POST "$url/channel/create?topic=t3&channel=c3"
tour_indexes
tour_streams
tour_events
tour_explanation
tour_errors
finish
