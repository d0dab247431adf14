# Completion of muxlab for fish. A test holds it against `muxlab COMMAND --help`.

set -l serve '__fish_seen_subcommand_from serve'
set -l certs '__fish_seen_subcommand_from certs'
set -l config '__fish_seen_subcommand_from config'

complete -c muxlab -f
complete -c muxlab -l help -d 'Print help'
complete -c muxlab -n __fish_use_subcommand -l version -d 'Print the versions of muxlab and its libraries'
complete -c muxlab -n __fish_use_subcommand -a serve -d 'Serve the site, the lanes and the console'
complete -c muxlab -n __fish_use_subcommand -a certs -d 'Show the local certificates'
complete -c muxlab -n __fish_use_subcommand -a config -d 'Print or check the form of the configuration file'

complete -c muxlab -n $serve -l config -r -F -d 'Read this configuration'
complete -c muxlab -n $serve -l root -x -a '(__fish_complete_directories)' -d 'Serve this folder'
complete -c muxlab -n $serve -l address -x -a '127.0.0.1 ::1 0.0.0.0 ::' -d 'Listen on this IP address'
complete -c muxlab -n $serve -l host-name -x -d 'Answer to this name or address too'
complete -c muxlab -n $serve -l port -x -a 'auto 0' -d 'Site over TLS'
complete -c muxlab -n $serve -l plain-port -x -a 'auto 0' -d 'Site in cleartext'
complete -c muxlab -n $serve -l console-port -x -a 'auto 0' -d 'Console; the lanes stand from 11 above it'
complete -c muxlab -n $serve -l workers -x -d 'Threads for the site'
complete -c muxlab -n $serve -l cert -r -F -d 'Certificate chain of your own, PEM'
complete -c muxlab -n $serve -l key -r -F -d 'Its private key, PEM'
complete -c muxlab -n $serve -l cert-dir -x -a '(__fish_complete_directories)' -d 'Folder of the local certificates'
complete -c muxlab -n $serve -l line -x -a 'fiber cable dsl 4g 3g satellite lossy-wifi perfect' -d 'Simulate this access line'
complete -c muxlab -n $serve -l no-lab -d 'Serve the site alone'
complete -c muxlab -n $serve -l access-log -r -F -d 'Write a line an exchange'
complete -c muxlab -n $serve -l watch -d 'Show every frame on the lanes'
complete -c muxlab -n $serve -l key-log -r -F -d 'Append TLS secrets'
complete -c muxlab -n $serve -l json -d 'Print the addresses as a line of JSON when ready'

complete -c muxlab -n $certs -l cert-dir -x -a '(__fish_complete_directories)' -d 'Folder of the local certificates'
complete -c muxlab -n $certs -l json -d 'Print one line of JSON'

complete -c muxlab -n $config -l example -d 'Print a file of all keys and defaults'
complete -c muxlab -n $config -l schema -d 'Print the JSON Schema of the file'
complete -c muxlab -n $config -l tables -d 'Print the tables of the documentation'
complete -c muxlab -n $config -l manual -d 'Print the manual page of the file'
complete -c muxlab -n $config -l check -r -F -d 'Say whether the file is right'
