# SPDX-License-Identifier: MIT
#
# bash completion. It asks the server for its flags and their values, so it knows those of the
# version that is installed.

_nsqlookupd_values() {
  local program=$1 flag=$2
  case $flag in
    -config | *-file | *-cert | *-key)
      compopt -o filenames
      compgen -f -- "$3"
      return
      ;;
  esac
  # What an impossible value is answered with names the possible ones. Before -h, so that where
  # everything is possible no server is started.
  compgen -W "$("$program" "$flag=" -h 2>&1 | sed -n '1s/.*(\(.*\))$/\1/p' | tr -d ,)" -- "$3"
}

_nsqlookupd() {
  local program=$1 current=$2 previous=$3 name usage commands flags words dash= flag=
  # bash takes = for a word of its own.
  if [[ $current == = ]]; then
    flag=$previous current=
  elif [[ $previous == = ]]; then
    flag=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  usage=$("$program" -h 2>&1) || return
  # A flag that takes a value may have it in the next word.
  name=${previous#-}
  if [[ -z $flag && $previous == -* && $usage == *$'\n'"  -${name#-} "* ]]; then
    flag=$previous
  fi
  if [[ ${COMP_WORDS[1]} == watch && ${name#-} == @(exec|token-file) ]]; then
    flag=$previous
  fi
  if [[ -n $flag ]]; then
    name=${flag#-}
    mapfile -t COMPREPLY < <(_nsqlookupd_values "$program" "-${name#-}" "$current")
    return
  fi
  commands=$(sed -n 's/^  nsqlookupd \([a-z][a-z-]*\).*/\1/p' <<<"$usage")
  flags=$(sed -n 's/^  \(-[^ ]*\).*/\1/p' <<<"$usage")
  # They may be written with two dashes.
  if [[ $current == --* ]]; then
    dash=- flags=$(sed 's/^/-/' <<<"$flags")
  fi
  case ${COMP_WORDS[1]}:$COMP_CWORD:$current in
    healthcheck:2:[!-]* | healthcheck:2:) words='/livez /ping /readyz' ;;
    hash-token:3:*) words='read write' ;;
    hash-token:* | version:[2-9]:*) words= ;;
    help:2:*) words=$commands ;;
    *:1: | *:1:[!-]*) words=$commands ;;
    watch:*) words="$dash-exec $dash-token-file $flags" ;;
    check:*) words="$dash-strict $flags" ;;
    *) words=$flags ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -F _nsqlookupd nsqlookupd
