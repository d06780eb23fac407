#!/bin/sh
# Fails if the loops that measure a core's peak use the stack: they would measure the memory. Prints where.
#   peak_in_registers.sh OBJECT...
for object in "$@"; do
  case $object in *peak_loops*) code=$(objdump -d --no-show-raw-insn "$object") || exit 1 ;; esac
done
printf '%s\n' "$code" | grep -Eq 'div' || exit 1       # these are the loops
! printf '%s\n' "$code" | grep -E '%rsp|\[sp'
