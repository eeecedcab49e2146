#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# container_image.sh <docker|podman|buildah> <image>
# The image is small and runs as it is meant to: not as root, on a read-only file system, found by
# its HEALTHCHECK, ended in order by SIGTERM. buildah, which runs no containers, lends the image's
# file system, and the server is run in there with chroot (needs root and iproute2).
set -euo pipefail
engine=$1 image=$2
readonly size_limit=30000000
container=

expect() {
  local description=$1
  shift
  "$@" || {
    printf 'FAILED: %s\n' "$description" >&2
    exit 1
  }
  printf 'ok: %s\n' "$description"
}

clean_up() {
  [[ -n $container ]] || return 0
  if [[ $engine == buildah ]]; then
    buildah rm "$container" >/dev/null
  else
    "$engine" rm --force "$container" >/dev/null
  fi
}
trap clean_up EXIT

# The image's configuration, as JSON in one line.
config() {
  if [[ $engine == buildah ]]; then
    buildah inspect --type image --format '{{.Config}}' "$image"
  else
    "$engine" image inspect --format '{{json .}}' "$image"
  fi
}

check_config() {
  expect 'it does not run as root' grep -q '"User":"65532:65532"' <(config)
  expect 'it names its ports' grep -q '"ExposedPorts":{"4160/tcp":{},"4161/tcp":{}}' <(config)
  expect 'its health can be checked' \
    grep -q '"Test":\["CMD","/nsqlookupd","healthcheck","/livez"\]' <(config)
  expect 'it says what it is' \
    grep -q '"org.opencontainers.image.title":"nsqlookupd"' <(config)
}

# Waits until it is ready, asks as HEALTHCHECK does, and stops it.
run_with_engine() {
  local tries size
  size=$("$engine" image inspect --format '{{.Size}}' "$image")
  expect "$size bytes are less than $size_limit" test "$size" -lt "$size_limit"
  for program in /nsqlookupd /bin/nsqlookupd /usr/local/bin/nsqlookupd; do
    expect "$program is there" "$engine" run --rm "$image" "$program" -version
  done
  container=$("$engine" run --detach --read-only --cap-drop ALL \
    --security-opt no-new-privileges "$image")
  for ((tries = 0; tries < 100; ++tries)); do
    ! "$engine" exec "$container" /nsqlookupd healthcheck /livez 2>/dev/null || break
    sleep 0.1
  done
  expect 'its healthcheck passes' "$engine" exec "$container" /nsqlookupd healthcheck /livez
  "$engine" stop --time 20 "$container" >/dev/null
  expect 'it ends in order' \
    test "$("$engine" inspect --format '{{.State.ExitCode}}' "$container")" = 0
}

run_in_chroot() {
  local root size variables
  container=$(buildah from --pull-never "$image")
  root=$(buildah mount "$container")
  size=$(du --summarize --apparent-size --block-size=1 "$root" | cut -f 1)
  expect "$size bytes are less than $size_limit" test "$size" -lt "$size_limit"
  for program in /nsqlookupd /bin/nsqlookupd /usr/local/bin/nsqlookupd; do
    expect "$program is there" chroot --userspec=65532:65532 "$root" "$program" -version
  done
  mapfile -t variables < <(config | grep -o '"Env":\[[^]]*\]' | head -n 1 |
    grep -o 'NSQLOOKUPD_[A-Z_]*=[^"]*')
  # A process number of 1, a network and a read-only view of the files of its own, as in a container.
  # shellcheck disable=SC2016
  expect 'it serves, its healthcheck passes, it ends in order' \
    unshare --net --mount --pid --fork --kill-child bash -euc '
      root=$1
      shift
      ip link set lo up
      mount --bind "$root" "$root"
      mount -o remount,bind,ro "$root"
      if touch "$root/written" 2>/dev/null; then exit 1; fi
      export "$@"
      chroot --userspec=65532:65532 "$root" /nsqlookupd &
      for ((tries = 0; tries < 100; ++tries)); do
        ! chroot --userspec=65532:65532 "$root" /nsqlookupd healthcheck /livez 2>/dev/null || break
        sleep 0.1
      done
      chroot --userspec=65532:65532 "$root" /nsqlookupd healthcheck /livez
      kill -TERM $!
      wait $!' bash "$root" "${variables[@]}"
}

check_config
if [[ $engine == buildah ]]; then
  run_in_chroot
else
  run_with_engine
fi
