#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# interop.sh <path of nsqlookupd>
#
# Runs a real nsqd and a real nsqadmin against the server, on the loopback and on free ports:
# announce, publish, look up, hand over, kill and restart, tombstone, delete, disappear. Then, where
# there are etcd and haproxy, real nsqds behind a balancer of a cluster. interop_steps.sh tells how
# the programs are named.
server=$(realpath "${1:?usage: interop.sh <path of nsqlookupd>}")
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
readonly server here
# shellcheck source=tests/e2e/interop_steps.sh
source "$here/interop_steps.sh"

# start_nsqlookupd <TCP port> <HTTP port>: on the state that it has stored before.
start_nsqlookupd() {
  start nsqlookupd "$server" --tcp-address="127.0.0.1:$1" --http-address="127.0.0.1:$2" \
    --broadcast-address=127.0.0.1 --data-path="$dir/state" --store-interval=20ms
}

# is_stored <text>: whether the files of the state contain it.
is_stored() {
  grep -qsF "$1" "$dir"/state/*
}

# is_back <topic>: whether nsqd has connected again. An answer that lacks its topic's producer ends
# the test; no answer does not.
is_back() {
  local answer
  answer=$(curl -s "$lookup/lookup?topic=$1") || return 1
  if ! grep -qE '"tcp_port":[1-9]' <<<"$answer"; then
    printf 'FAILED  a restarted nsqlookupd misses the producer: %s\n' "$answer" >&2
    exit 1
  fi
  has "$lookup/metrics" '^nsqlookupd_restored_producers 0$'
}

# ask_without_end: prints a line for each lookup that misses the producer, ours or that of nsqadmin.
ask_without_end() {
  while true; do
    has "$lookup/lookup?topic=interop" '"tcp_port":[1-9]' || echo 'nsqlookupd misses the producer'
    has "$admin/topics/interop" '"message_count":1' || echo 'nsqadmin misses the producer'
    has "$admin/nodes" '"broadcast_address":"127.0.0.1"' || echo 'nsqadmin misses the node'
  done
}

# hand_over: the same program takes over.
hand_over() {
  local before
  before=$(lines nsqlookupd 'HANDOVER: resumed')
  kill -USR2 "${pids[nsqlookupd]}"
  wait_until "a program takes over ($1)" has_lines nsqlookupd 'HANDOVER: resumed' $((before + 1))
}

# nsqd says so each time that it connects to a nsqlookupd.
expect_no_reconnect() {
  lines nsqd 'LOOKUP connecting' | grep -vx 1 >"$dir/reconnects" || true
  grep -F 'LOOKUPD(' "$dir/nsqd.log" | grep -F ERROR >>"$dir/reconnects" || true
  expect_no_line "$1" "$dir/reconnects"
}

mkdir "$dir/state"
start_nsqlookupd 0 0
wait_until 'nsqlookupd listens' listens nsqlookupd
lookup=http://127.0.0.1:$(port_of nsqlookupd HTTP)

start nsqd "${nsqd_command[@]}" --tcp-address=127.0.0.1:0 --http-address=127.0.0.1:0 \
  --broadcast-address=127.0.0.1 --lookupd-tcp-address="127.0.0.1:$(port_of nsqlookupd TCP)"
start nsqadmin "${nsqadmin_command[@]}" --http-address=127.0.0.1:0 \
  --lookupd-http-address="${lookup#http://}"
wait_until 'nsqd announces itself' has "$lookup/nodes" '"broadcast_address":"127.0.0.1"'
wait_until 'nsqadmin listens' listens nsqadmin
node=127.0.0.1:$(curl -sf "$lookup/nodes" | sed -E 's/.*"http_port":([0-9]+).*/\1/')
admin=http://127.0.0.1:$(port_of nsqadmin HTTP)/api

curl -sf -o "$dir/published" -d 'hello' "http://$node/pub?topic=interop"
wait_until 'a published topic has its producer' has "$lookup/lookup?topic=interop" '"tcp_port":[1-9]'
wait_until 'nsqadmin lists the topic' has "$admin/topics" '"interop"'
wait_until 'nsqadmin lists the node' has "$admin/nodes" '"broadcast_address":"127.0.0.1"'
wait_until 'nsqadmin shows the topic of the node' has "$admin/topics/interop" '"message_count":1'

ask_without_end >"$dir/missed" 2>&1 &
pids[asking]=$!
for round in 1 2 3; do
  hand_over "$round"
done
pings=$(lines nsqlookupd ': pinged (')
curl -sf -o "$dir/published" -d 'hello' "http://$node/pub?topic=handed_over"
wait_until 'nsqd registers on the connection that it had' \
  has "$lookup/lookup?topic=handed_over" '"tcp_port":[1-9]'
wait_until 'nsqd is answered its next PING' has_lines nsqlookupd ': pinged (' $((pings + 1))
stop asking || true
expect_no_line 'nobody misses the producer while programs take over' "$dir/missed"
expect_no_reconnect 'nsqd does not connect again'

wait_until 'the producer of the topic is stored' is_stored '{"interop":'
lookup_ports=("$(port_of nsqlookupd TCP)" "$(port_of nsqlookupd HTTP)")
kill -KILL "${pids[nsqlookupd]}"
wait "${pids[nsqlookupd]}" 2>>"$dir/killed.log" || true
start_nsqlookupd "${lookup_ports[@]}"
# nsqd notices at its next ping, and comes back at the one after: in 15 to 30 seconds.
limit=60 wait_until 'nobody misses the producer while nsqd comes back after a kill' is_back interop
wait_until 'nsqadmin lists the topic again' has "$admin/topics" '"interop"'

curl -sf -o "$dir/created" -d '{"topic":"made_by_admin","channel":"c1"}' "$admin/topics"
wait_until 'a channel created in nsqadmin is known' has "$lookup/channels?topic=made_by_admin" '"c1"'
curl -sf -o "$dir/deleted" -X DELETE "$admin/topics/made_by_admin"
wait_until 'a topic deleted in nsqadmin is gone' lacks "$lookup/topics" 'made_by_admin'

curl -sf -o "$dir/tombstoned" -X DELETE -d '{"topic":"interop"}' "$admin/nodes/$node"
wait_until 'a tombstoned producer is hidden' has "$lookup/lookup?topic=interop" '"producers":\[\]'
wait_until 'the tombstoned node is still listed' has "$lookup/nodes" '"broadcast_address":"127.0.0.1"'

curl -sf -o "$dir/published" -d 'hello' "http://$node/pub?topic=last_words"
wait_until 'a second topic has its producer' has "$lookup/lookup?topic=last_words" '"tcp_port":[1-9]'
stop nsqd || true
wait_until 'an ended nsqd is gone from its topic' has "$lookup/lookup?topic=last_words" '"producers":\[\]'
wait_until 'an ended nsqd is gone from the nodes' has "$lookup/nodes" '"producers":\[\]'

stop nsqadmin || true
stop nsqlookupd
printf 'ok      nsqlookupd ended with status 0\n'

if ! command -v etcd >/dev/null || ! command -v haproxy >/dev/null; then
  printf 'skipped a cluster: needs etcd (etcd-server) and haproxy\n'
  exit 0
fi
"$here/cluster/interop.sh" "$server"
