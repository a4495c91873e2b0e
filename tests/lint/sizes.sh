#!/usr/bin/env bash
# A file one can read in a sitting, a function one can hold in the head: over 500 lines (of a test, whose tables are long,
# 800) or 100 fails, a function over 60 is named.
set -euo pipefail
cd "$1"
FILE_MAX=500
TEST_MAX=800
FUNCTION_MAX=100
FUNCTION_SIGNAL=60
failed=0

while IFS= read -r file; do
  lines=$(wc -l <"$file")
  max=$FILE_MAX
  [[ $file != tests/* ]] || max=$TEST_MAX
  if [ "$lines" -gt "$max" ]; then
    echo "$file has $lines lines" >&2
    failed=1
  fi
  # The layout puts a function's braces, and nothing else's, in the first column.
  awk -v max=$FUNCTION_MAX -v signal=$FUNCTION_SIGNAL -v file="$file" '
    /^\{/ { start = NR }
    /^\}/ && start {
      length_ = NR - start - 1
      if (length_ > signal)
        printf "%s:%d: a function of %d lines\n", file, start, length_
      if (length_ > max)
        bad = 1
      start = 0
    }
    END { exit bad }' "$file" || failed=1
done < <(find lib proto indexer daemon client tests \( -name '*.c' -o -name '*.cc' -o -name '*.h' \))
exit $failed
