#!/bin/sh
# run_if.sh PROGRAM COMMAND...: runs the command if the program is there, else says why not.
set -eu
command -v "$1" >/dev/null || { echo "SKIP: $(basename "$1") for $(basename "$3") is not there; scripts/test installs it"; exit 0; }
shift
exec "$@"
