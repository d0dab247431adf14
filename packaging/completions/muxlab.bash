# Completion of muxlab for bash. A test holds it against `muxlab COMMAND --help`.

_muxlab() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} words=
  COMPREPLY=()
  case $before in
    --config | --cert | --key | --ticket-keys | --access-log | --key-log | --check | --rotate)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return
      ;;
    --root | --cert-dir)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -d -- "$word")
      return
      ;;
    --port | --plain-port | --console-port) words='0 auto' ;;
    --line) words='fiber cable dsl 4g 3g satellite lossy-wifi perfect' ;;
    --address) words='127.0.0.1 ::1 0.0.0.0 ::' ;;
    --workers | --host-name | --proxy-from) return ;;
    *)
      if ((COMP_CWORD == 1)); then
        words='serve certs tickets config --help --version'
      else
        case $command in
          serve)
            words='--help --config --root --address --host-name --port --plain-port --console-port --workers --cert
              --key --cert-dir --ticket-keys --proxy-from --line --no-lab --access-log --watch --key-log --json'
            ;;
          certs) words='--help --cert-dir --json' ;;
          tickets) words='--help --rotate' ;;
          config) words='--help --example --schema --tables --manual --check' ;;
        esac
      fi
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _muxlab muxlab
