#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# cluster/interop.sh <path of nsqlookupd>
#
# Three members with a real etcd, and three real nsqds that know the address of a plain TCP balancer
# alone: the member of one of them is killed, and nobody who asks the others misses it.
server=$(realpath "${1:?usage: cluster/interop.sh <path of nsqlookupd>}")
readonly server
# shellcheck source=tests/e2e/interop_steps.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../interop_steps.sh"

readonly members=(m1 m2 m3) nsqds=(nsqd1 nsqd2 nsqd3)
declare -A url=()

# is_taken <port>: whether a program listens there.
is_taken() {
  (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

find_port() {
  local port
  while port=$((20000 + RANDOM % 10000)) && is_taken "$port"; do :; done
  echo "$port"
}

start_etcd() {
  local peers
  etcd=http://127.0.0.1:$(find_port)
  peers=http://127.0.0.1:$(find_port)
  start etcd etcd --data-dir="$dir/etcd" --log-level=error \
    --listen-client-urls="$etcd" --advertise-client-urls="$etcd" \
    --listen-peer-urls="$peers" --initial-advertise-peer-urls="$peers" \
    --initial-cluster="default=$peers"
}

# start_member <name> <TCP port> <HTTP port>
start_member() {
  start "$1" "$server" --tcp-address="127.0.0.1:$2" --http-address="127.0.0.1:$3" \
    --broadcast-address=127.0.0.1 --cluster-etcd-endpoints="$etcd" --cluster-node-id="$1"
  wait_until "$1 listens" listens "$1"
  url[$1]=http://127.0.0.1:$(port_of "$1" HTTP)
  wait_until "$1 is ready" has "${url[$1]}/readyz" ok
}

start_balancer() {
  local member
  balancer=127.0.0.1:$(find_port)
  {
    printf '%s\n' defaults ' mode tcp' ' timeout connect 1s' ' timeout client 1m' \
      ' timeout server 1m' ' option redispatch' 'listen nsqlookupd' " bind $balancer" \
      ' balance roundrobin'
    for member in "${members[@]}"; do
      echo " server $member 127.0.0.1:$(port_of "$member" TCP) check inter 200ms fall 1 rise 1"
    done
  } >"$dir/haproxy.cfg"
  start haproxy haproxy -db -f "$dir/haproxy.cfg"
}

# all <regex> <path> <member…>: whether each member's answer has it.
all() {
  local pattern=$1 path=$2 member
  shift 2
  for member; do
    has "${url[$member]}$path" "$pattern" || return 1
  done
}
none() {
  local pattern=$1 path=$2 member
  shift 2
  for member; do
    lacks "${url[$member]}$path" "$pattern" || return 1
  done
}

# Three producers, of a topic that each nsqd has.
readonly three='"producers":\[\{.*\},\{.*\},\{.*\}\]'

# count_elsewhere <number> <member…>: how many producers each knows by other members alone, in sum.
count_elsewhere() {
  local wanted=$1 member sum=0 known
  shift
  for member; do
    known=$(curl -sf "${url[$member]}/metrics" | sed -n 's/^nsqlookupd_cluster_producers //p')
    sum=$((sum + ${known:-0}))
  done
  ((sum == wanted))
}

# ask_without_end <member…>: prints a line for each answer that lacks a producer.
ask_without_end() {
  local member
  while true; do
    for member; do
      has "${url[$member]}/lookup?topic=interop" "$three" || echo "a lookup on $member misses a producer"
      has "${url[$member]}/nodes" "$three" || echo "the nodes of $member miss a producer"
    done
  done
}

start_etcd
wait_until 'etcd answers' has "$etcd/health" true
for member in "${members[@]}"; do
  start_member "$member" 0 0
done
wait_until 'each member knows three' all '"m1".*"m2".*"m3"' /cluster "${members[@]}"

start_balancer
wait_until 'the balancer listens' is_taken "${balancer##*:}"
for nsqd in "${nsqds[@]}"; do
  mkdir "$dir/$nsqd.data"
  start "$nsqd" "${nsqd_command[@]}" --tcp-address=127.0.0.1:0 --http-address=127.0.0.1:0 \
    --broadcast-address=127.0.0.1 --data-path="$dir/$nsqd.data" --lookupd-tcp-address="$balancer"
  wait_until "$nsqd listens" listens "$nsqd"
  curl -sf -o "$dir/published" -d 'hello' "http://127.0.0.1:$(port_of "$nsqd" HTTP)/pub?topic=interop"
done
wait_until 'each member lists the three nsqds' all "$three" '/lookup?topic=interop' "${members[@]}"
wait_until 'each nsqd has one connection, each to another member' count_elsewhere 6 "${members[@]}"
start nsqadmin "${nsqadmin_command[@]}" --http-address=127.0.0.1:0 \
  --lookupd-http-address="${url[m2]#http://}"
wait_until 'nsqadmin listens' listens nsqadmin
admin=http://127.0.0.1:$(port_of nsqadmin HTTP)/api

readonly dead=m1 alive=(m2 m3)
dead_ports=("$(port_of "$dead" TCP)" "$(port_of "$dead" HTTP)")
ask_without_end "${alive[@]}" >"$dir/missed" 2>&1 &
pids[asking]=$!
kill -KILL "${pids[$dead]}"
wait "${pids[$dead]}" 2>>"$dir/killed.log" || true
unset "pids[$dead]"
# nsqd notices at its next ping, and comes to another member at the one after: in 15 to 30 seconds.
limit=60 wait_until 'the nsqd of a killed member comes to another' count_elsewhere 3 "${alive[@]}"
start_member "$dead" "${dead_ports[@]}"
wait_until 'the member that was killed lists the three nsqds' all "$three" '/lookup?topic=interop' "$dead"
stop asking || true
expect_no_line 'nobody who asks the others misses a producer' "$dir/missed"

curl -sf -o "$dir/published" -d 'hello' "http://127.0.0.1:$(port_of nsqd1 HTTP)/pub?topic=later"
wait_until 'a new topic is known to all' all '"tcp_port":[1-9]' '/lookup?topic=later' "${members[@]}"
curl -sf -o "$dir/created" -d '{"topic":"made_by_admin","channel":"c1"}' "$admin/topics"
wait_until 'a channel created in nsqadmin is known to all' \
  all '"c1"' '/channels?topic=made_by_admin' "${members[@]}"
curl -sf -o "$dir/deleted" -X DELETE "$admin/topics/made_by_admin"
wait_until 'a topic deleted in nsqadmin is gone from all' none 'made_by_admin' /topics "${members[@]}"
node=127.0.0.1:$(port_of nsqd2 HTTP)
curl -sf -o "$dir/tombstoned" -X DELETE -d '{"topic":"interop"}' "$admin/nodes/$node"
wait_until 'a producer tombstoned in nsqadmin is hidden by all' none "$three" '/lookup?topic=interop' "${members[@]}"
stop nsqd1 || true
wait_until 'an ended nsqd is gone from the nodes of all' none "$three" /nodes "${members[@]}"

for member in "${members[@]}"; do
  stop "$member"
done
printf 'ok      each member ended with status 0\n'
