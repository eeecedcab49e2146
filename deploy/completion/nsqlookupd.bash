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
  local program=$1 current=$2 previous=$3 name usage flag=
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
  if [[ -n $flag ]]; then
    name=${flag#-}
    mapfile -t COMPREPLY < <(_nsqlookupd_values "$program" "-${name#-}" "$current")
  elif [[ $previous == healthcheck ]]; then
    mapfile -t COMPREPLY < <(compgen -W '/livez /ping /readyz' -- "$current")
  elif [[ $COMP_CWORD == 1 && $current != -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W healthcheck -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$(sed -n 's/^  \(-[^ ]*\).*/\1/p' <<<"$usage")" -- "$current")
  fi
}

complete -F _nsqlookupd nsqlookupd
