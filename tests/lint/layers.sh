#!/usr/bin/env bash
# Each library from outside is known in one place only.
set -euo pipefail
cd "$1"
failed=0

# only PATTERN WHERE…: files that include PATTERN must match one of the shell patterns WHERE.
only()
{
  local pattern=$1 file where ok
  shift
  while IFS= read -r file; do
    ok=0
    for where in "$@"; do
      # shellcheck disable=SC2254
      case $file in $where) ok=1 ;; esac
    done
    if [ $ok -eq 0 ]; then
      echo "$file includes $pattern, which belongs to $*" >&2
      failed=1
    fi
  done < <(grep -rlE "^[[:space:]]*#[[:space:]]*include[[:space:]]*<($pattern)" lib proto indexer daemon client || true)
}

only 'xapian' 'lib/index/*.cc'
only 'event2/' 'daemon/*'
only 'unicode/' 'lib/article/*' 'lib/analysis/*'
only 'libstemmer' 'lib/analysis/*'
only 'libxml/|md4c|yaml|jansson|zlib' 'lib/article/*'
only 'zstd' 'lib/article/*'

if find lib proto indexer daemon client -name 'xapian.h' | grep .; then
  echo "a header of ours named xapian.h hides the system's" >&2
  failed=1
fi
if grep -nE 'include *"\.\.?/' -r lib proto indexer daemon client; then
  echo "headers are included by name, never by a way through folders" >&2
  failed=1
fi
exit $failed
