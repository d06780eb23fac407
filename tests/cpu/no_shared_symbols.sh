#!/bin/sh
# Fails if an object defines a weak symbol outside the namespace of its instruction set, and prints it.
#   no_shared_symbols.sh ISA OBJECT...
isa=$1
shift
symbols=$(nm -C --defined-only "$@") || exit 1
[ -n "$symbols" ] || exit 1
! printf '%s\n' "$symbols" | grep -E ' [WVu] ' | grep -v "neurosweep::$isa::"
