#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# package_install.sh <nsqlookupd.deb> [<tar of a clean Debian root>]
# Installs the package in a clean root, runs the server as its unit does, upgrades, removes and
# purges it. Needs root, iproute2, and debootstrap where no tar is given.
set -euo pipefail

package=$(realpath "$1")
tarball=${2:-}
suite=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
root=$(mktemp -d)
# The server's account must find its files in there.
chmod 755 "$root"
trap 'rm -rf --one-file-system "$root"' EXIT

die() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

expect() {
  local description=$1
  shift
  "$@" || die "$description"
  printf 'ok: %s\n' "$description"
}

expect_not() {
  local description=$1
  shift
  ! "$@" || die "$description"
  printf 'ok: %s\n' "$description"
}

in_root() {
  chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

make_root() {
  if [[ -n $tarball ]]; then
    tar -C "$root" -xf "$tarball"
  else
    debootstrap --variant=minbase "$suite" "$root" >"$root.log" 2>&1 || {
      cat "$root.log" >&2
      die 'debootstrap'
    }
    rm -f "$root.log"
  fi
  # Packages come the way that they come to this machine.
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  cp /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/"
  mkdir -p "$root/etc/ssl/certs"
  [[ ! -f /etc/ssl/certs/ca-certificates.crt ]] ||
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  cp "$package" "$root/nsqlookupd.deb"
  in_root apt-get -qq update
}

quietly() {
  "$@" >"$root/log" 2>&1 || {
    cat "$root/log" >&2
    return 1
  }
}

check_installed() {
  expect 'it installs with what it depends on' \
    quietly in_root apt-get -qq install --yes --no-install-recommends /nsqlookupd.deb
  expect 'the server runs' in_root nsqlookupd -version
  expect 'it has an account' in_root id nsqlookupd
  expect 'its config file is there' test -f "$root/etc/nsqlookupd/nsqlookupd.toml"
  expect 'its unit is enabled' \
    test -L "$root/etc/systemd/system/multi-user.target.wants/nsqlookupd.service"
  expect_not 'its sockets are not' \
    test -e "$root/etc/systemd/system/sockets.target.wants/nsqlookupd-tcp.socket"
}

# In a network of its own, so that the ports are those of the config file.
check_service() {
  local start
  start=$(sed -n 's/^ExecStart=//p' "$root/usr/lib/systemd/system/nsqlookupd.service")
  # shellcheck disable=SC2016
  expect 'it serves as the unit starts it, drains and ends' \
    unshare --net --mount --pid --fork --kill-child bash -ec '
      ip link set lo up
      mount -t proc proc "$1/proc"
      exec chroot "$1" bash -euc '\''
        setpriv --reuid nsqlookupd --regid nsqlookupd --clear-groups --no-new-privs $1 2>/log.server &
        for ((try = 0; try < 100; ++try)); do
          ! nsqlookupd healthcheck /readyz 2>/dev/null || break
          sleep 0.1
        done
        nsqlookupd healthcheck /readyz
        kill -TERM $!
        for ((try = 0; try < 30; ++try)); do
          nsqlookupd healthcheck /readyz 2>/dev/null || break
          sleep 0.1
        done
        # drain_timeout of the config file
        nsqlookupd healthcheck /ping
        wait $!
        grep -q "draining" /log.server'\'' bash "$2"' bash "$root" "$start"
}

check_upgrade() {
  echo '# changed by its operator' >>"$root/etc/nsqlookupd/nsqlookupd.toml"
  expect 'it upgrades' quietly in_root dpkg -i /nsqlookupd.deb
  expect 'and keeps a config file that was changed' \
    grep -q 'changed by its operator' "$root/etc/nsqlookupd/nsqlookupd.toml"
}

# There is no systemd in there. This says which process serves, notes what it is asked for, and
# reloads as the unit does.
fake_systemctl() {
  mkdir -p "$root/run/systemd/system"
  cat >"$root/usr/local/sbin/systemctl" <<'EOF'
#!/bin/sh
echo "$*" >>/systemctl.log
case $* in
  show*) cat /main.pid ;;
  *is-enabled*) echo enabled ;;
  'reload nsqlookupd.service') kill -USR2 "$(cat /main.pid)" ;;
esac
EOF
  chmod 755 "$root/usr/local/sbin/systemctl"
}

# upgrade_beside <command…>: upgrades while that process is the service's.
upgrade_beside() {
  rm -f "$root/systemctl.log"
  # shellcheck disable=SC2016
  quietly unshare --net --mount --pid --fork --kill-child bash -ec '
    ip link set lo up
    mount -t proc proc "$1/proc"
    exec chroot "$1" bash -euc '\''
      setpriv --reuid nsqlookupd --regid nsqlookupd --clear-groups --no-new-privs "$@" 2>/log.server &
      echo $! >/main.pid
      for ((try = 0; try < 100; ++try)); do
        [[ $1 == sleep ]] || ! nsqlookupd healthcheck /readyz 2>/dev/null || break
        sleep 0.1
      done
      dpkg -i /nsqlookupd.deb
      for ((try = 0; try < 100; ++try)); do
        ! grep -q "HANDOVER: resumed" /log.server || break
        [[ $1 != sleep ]] || break
        sleep 0.1
      done
      readlink /proc/$!/exe >/main.exe'\'' bash "${@:2}"' bash "$root" "$@"
}

was_asked_to() {
  grep -qx -e "$1 nsqlookupd.service" "$root/systemctl.log"
}

check_upgrade_of_service() {
  local start
  read -ra start <<<"$(sed -n 's/^ExecStart=//p' "$root/usr/lib/systemd/system/nsqlookupd.service")"
  fake_systemctl
  expect 'it upgrades beside a server that can hand over' upgrade_beside "${start[@]}"
  expect 'which is reloaded' was_asked_to reload
  expect 'and hands over' grep -q 'HANDOVER: resumed' "$root/log.server"
  expect 'to the new file' grep -qx /usr/bin/nsqlookupd "$root/main.exe"
  expect 'it upgrades beside a server that cannot' upgrade_beside sleep 60
  expect 'which is restarted' was_asked_to '--quiet --system restart'
  expect_not 'and not reloaded' was_asked_to reload
  rm -rf "$root/usr/local/sbin/systemctl" "$root/run/systemd/system"
}

check_removed() {
  expect 'it can be removed' quietly in_root dpkg -r nsqlookupd
  expect_not 'the server is gone' test -e "$root/usr/bin/nsqlookupd"
  expect 'the config file is not' test -f "$root/etc/nsqlookupd/nsqlookupd.toml"
  expect 'it can be purged' quietly in_root dpkg -P nsqlookupd
  local left
  left=$(find "$root/etc" "$root/usr" "$root/var/lib" -name '*nsqlookupd*')
  expect "nothing is left $left" test -z "$left"
}

make_root
check_installed
check_service
check_upgrade
check_upgrade_of_service
check_removed
echo "$(basename "$package"): all is as it should be"
