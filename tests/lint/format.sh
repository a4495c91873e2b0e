#!/usr/bin/env bash
# The sources are laid out as .clang-format says.
set -euo pipefail
cd "$1"
if ! command -v clang-format >/dev/null; then
  echo "skipped: clang-format is not installed"
  exit 0
fi
find lib proto indexer daemon client tests \( -name '*.c' -o -name '*.cc' -o -name '*.h' \) -print0 |
  xargs -0 clang-format --dry-run --Werror
