#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# tls_tour.sh <path of nsqlookupd>
#
# TLS by a real curl and the openssl command, with certificates that are made here: both listeners,
# client certificates, refusals, new certificates while it runs, tokens, and bad files at start.
set -euo pipefail
unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY

server=$(realpath "${1:?usage: tls_tour.sh <path of nsqlookupd>}")
dir=$(mktemp -d)
readonly server dir
failures=0
checks=0
cd "$dir"

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

# expect <description> <wanted> <got>
expect() {
  checks=$((checks + 1))
  [[ $2 == "$3" ]] && return
  failures=$((failures + 1))
  printf 'FAILED  %s\n  wanted %q\n  got    %q\n' "$1" "$2" "$3" >&2
}

# new_key <file>
new_key() {
  openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null ||
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null
}

# new_authority <name>: name.pem and name.key.
new_authority() {
  new_key "$1.key"
  openssl req -x509 -key "$1.key" -subj "/CN=$1" -days 1 -out "$1.pem"
}

# issue <authority> <name> [<days>]: name.pem and name.key, the old ones replaced.
issue() {
  new_key "$2.key.new"
  openssl req -new -key "$2.key.new" -subj "/CN=$2" -out "$2.csr"
  openssl x509 -req -in "$2.csr" -CA "$1.pem" -CAkey "$1.key" -CAcreateserial -days "${3:-1}" \
    -extfile <(echo 'subjectAltName=DNS:localhost,IP:127.0.0.1') -out "$2.pem.new" 2>/dev/null
  mv "$2.key.new" "$2.key"
  mv "$2.pem.new" "$2.pem"
}

# port_of <TCP|HTTP|HTTPS|TCP (TLS)>: the port that the log names; empty while it names none.
port_of() {
  local name=${1//[()]/[()]}
  sed -nE "s/.* $name: listening on .*:([0-9]+)\$/\1/p" log
}

# wait_for_log <how many> <text>: until so many lines have the text.
wait_for_log() {
  local deadline=$((SECONDS + 30))
  until (($(grep -cF -- "$2" log) >= $1)); do
    if ((SECONDS >= deadline)); then
      printf 'the log has no %s\n' "$2" >&2
      exit 1
    fi
    sleep 0.05
  done
}

# start_server <flags…>
start_server() {
  : >log
  "$server" -tcp-address=127.0.0.1:0 -http-address=127.0.0.1:0 -https-address=127.0.0.1:0 \
    -tcp-tls-address=127.0.0.1:0 -tls-cert=server.pem -tls-key=server.key \
    -client-error-policy=close "$@" 2>log &
  pid=$!
  wait_for_log 1 'TLS: certificate server.pem is valid until '
  plain=http://localhost:$(port_of HTTP)
  secure=https://localhost:$(port_of HTTPS)
}

stop_server() {
  kill -TERM "$pid"
  wait "$pid"
  pid=
}

fetch() {
  curl --silent --max-time 20 --write-out ' %{http_code}' "$@"
}

# Over TLS, to the port for producers. The second command is none, so that the server ends it.
speak() {
  printf '  V1PING\nBYE\n' |
    timeout 20 openssl s_client -quiet -verify_return_error -CAfile root.pem \
      -connect "127.0.0.1:$(port_of 'TCP (TLS)')" "$@" 2>/dev/null | tr -cd '[:print:]'
}

subject_shown() {
  openssl s_client -connect "127.0.0.1:$(port_of HTTPS)" -CAfile root.pem </dev/null 2>/dev/null |
    openssl x509 -noout -serial
}

tour_both_protocols() {
  start_server
  expect 'https' 'OK 200' "$(fetch --cacert root.pem "$secure/ping")"
  expect 'http beside it' 'OK 200' "$(fetch "$plain/ping")"
  expect 'HTTP/1.1 is agreed on' '1.1' \
    "$(curl --silent --cacert root.pem --output page --write-out '%{http_version}' "$secure/ping")"
  expect 'both versions' 'OK 200 OK 200' "$(fetch --tlsv1.2 --tls-max 1.2 --cacert root.pem \
    "$secure/ping") $(fetch --tlsv1.3 --cacert root.pem "$secure/ping")"
  expect 'TLS 1.1 is too old' ' 000' "$(fetch --tls-max 1.1 --cacert root.pem "$secure/ping" || :)"
  expect 'a stranger is not believed' ' 000' "$(fetch --cacert other.pem "$secure/ping" || :)"
  expect 'the TCP protocol' 'OKE_INVALID invalid command BYE' "$(speak)"
  expect 'plain HTTP on the TLS port' \
    'Client sent an HTTP request to an HTTPS server.
 400' "$(fetch "${secure/https/http}/ping")"
  wait_for_log 1 ' - plain HTTP on a TLS port: begin the URL with https://, or use the port of -http-address'
  expect 'TLS on the plain port' ' 000' "$(fetch --insecure "${plain/http/https}/ping" || :)"
  wait_for_log 1 'speaks TLS to the plain HTTP port: point it at the port of -https-address'
}

tour_new_certificates() {
  local before
  before=$(subject_shown)
  issue root server
  wait_for_log 2 'TLS: certificate server.pem is valid until '
  expect 'a new certificate is shown' no "$([[ $(subject_shown) == "$before" ]] || echo no)"
  before=$(subject_shown)
  echo broken >server.pem
  wait_for_log 1 'ERROR: TLS: the old certificate stays - failed to load tls-cert server.pem - there is no certificate in it, in PEM'
  expect 'the old one stays' "$before" "$(subject_shown)"
  kill -HUP "$pid"
  wait_for_log 2 'ERROR: TLS: the old certificate stays'
  stop_server
}

tour_client_certificates() {
  issue root server
  start_server -tls-client-auth-policy=require-verify -tls-root-ca-file=root.pem
  expect 'plain HTTP is sent to the other port' \
    "{\"message\":\"TLS_REQUIRED\",\"https_port\":$(port_of HTTPS)} 403" "$(fetch "$plain/topics")"
  expect 'probes without a certificate' 'OK 200' "$(fetch "$plain/ping")"
  expect 'healthcheck' 0 \
    "$("$server" healthcheck -http-address="127.0.0.1:$(port_of HTTP)" >&2 && echo 0)"
  local good=(--cacert root.pem --cert consumer.pem --key consumer.key)
  expect 'a good certificate' 'OK 200' "$(fetch "${good[@]}" "$secure/ping")"
  expect 'no certificate' ' 000' "$(fetch --cacert root.pem "$secure/ping" || :)"
  expect 'another authority' ' 000' \
    "$(fetch --cacert root.pem --cert stranger.pem --key stranger.key "$secure/ping" || :)"
  expect 'a producer with one' 'OKE_INVALID invalid command BYE' \
    "$(speak -cert consumer.pem -key consumer.key)"
  expect 'a producer without' '' "$(speak)"
  wait_for_log 2 'TLS handshake failed - peer did not return a certificate'
  wait_for_log 1 'TLS handshake failed - certificate verify failed: '
  stop_server
}

tour_tokens() {
  local token line
  token=$(openssl rand -hex 32)
  "$server" hash-token operator write <<<"$token" >tokens
  line=$(<tokens)
  expect 'a hashed token' 'operator write sha256' "${line%%:*}"
  expect 'a short token' 1 "$("$server" hash-token name read <<<short 2>/dev/null || echo $?)"
  expect 'hash-token without a right' 2 "$("$server" hash-token name 2>/dev/null || echo $?)"
  start_server -http-auth-file=tokens
  local create=(--request POST "$plain/topic/create?topic=t1")
  expect 'without a token' '{"message":"UNAUTHORIZED"} 401' "$(fetch "${create[@]}")"
  expect 'with a token' ' 200' "$(fetch --header "Authorization: Bearer $token" "${create[@]}")"
  expect 'as user and password' ' 200' "$(fetch --user "operator:$token" "${create[@]}")"
  expect 'reading needs none' '{"topics":["t1"]} 200' "$(fetch "$plain/topics")"
  stop_server
  expect 'the log has no token' '' "$(grep -F "$token" log || :)"
}

# expect_no_start <wanted line> <flags…>: one line on stderr, and exit 1.
expect_no_start() {
  local wanted=$1 status=0 line
  shift
  line=$("$server" -tcp-address=127.0.0.1:0 -http-address=127.0.0.1:0 "$@" 2>&1) || status=$?
  expect "exit status with $*" 1 "$status"
  expect "line with $*" "FATAL: failed to instantiate nsqlookupd - $wanted" \
    "${line#\[nsqlookupd\] ????/??/?? ??:??:??.?????? }"
}

tour_bad_files() {
  expect_no_start 'tls-required needs https-address, tls-cert and tls-key' -tls-required
  local address=-https-address=127.0.0.1:0
  expect_no_start 'TLS needs both tls-cert and tls-key' "$address"
  expect_no_start 'failed to load tls-key none.key - No such file or directory' \
    "$address" -tls-cert=server.pem -tls-key=none.key
  expect_no_start 'failed to load tls-key other.key - it is not the key of the certificate in server.pem' \
    "$address" -tls-cert=server.pem -tls-key=other.key
}

new_authority root
new_authority other
issue root server
issue root consumer
issue other stranger
tour_both_protocols
tour_new_certificates
tour_client_certificates
tour_tokens
tour_bad_files
printf '%d passed, %d failed\n' "$((checks - failures))" "$failures"
exit "$((failures != 0))"
