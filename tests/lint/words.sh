#!/usr/bin/env bash
# No trace of one person's machine, nothing left for later, no stray white space in sources.
set -euo pipefail
cd "$1"
failed=0
# Written in halves, so that this file does not find itself.
machine='/wo''rk/|/fa''rm/|\.libra''ry|bash_jo''bs|/ho''me/[a-z]'
later='\bTO''DO\b|\bFIX''ME\b|\bX''XX\b'

files()
{
  find . \( -name build -o -name .git -o -name __pycache__ \) -prune -o -type f -print
}

forbid()
{
  local what=$1 pattern=$2
  if grep -nIE "$pattern" -- "${@:3}"; then
    echo "$what" >&2
    failed=1
  fi
}

mapfile -t all < <(files)
mapfile -t sources < <(files | grep -E '\.(c|cc|h|py|sh|cmake|md|txt)$|/scripts/|/\.ci/' | grep -vE '^\./(corpus|tests/data|tests/fuzz/seeds)/')
forbid "paths of a machine have no place here" "$machine" "${all[@]}"
forbid "do it now, or describe the bound in the docs" "$later" "${sources[@]}"
forbid "white space at a line's end" '[[:blank:]]+$' "${sources[@]}"

for script in scripts/demo scripts/test scripts/format scripts/install-packages .ci/run tests/lint/*.sh; do
  bash -n "$script" || failed=1
done
exit $failed
