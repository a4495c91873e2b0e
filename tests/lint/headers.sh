#!/usr/bin/env bash
# Every header compiles alone, and sees no folder but those its layer may include.
set -euo pipefail
cd "$1"
cc=${CC:-cc}
failed=0
# Which library is known where is another check's business (layers.sh).
read -ra libraries <<<"$(pkg-config --cflags libxml-2.0 icu-uc libevent_core)"

# check FOLDER ALLOWED…
check()
{
  local folder=$1 flags=("${libraries[@]}" -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c) allowed header
  shift
  for allowed in "$folder" "$@"; do
    flags+=(-I "$allowed")
  done
  for header in "$folder"/*.h; do
    [ -e "$header" ] || continue
    # A second inclusion must change nothing; a header of constants alone would be an empty unit.
    if ! printf '#include "%s"\n#include "%s"\nextern int is_not_empty;\n' "${header##*/}" "${header##*/}" | "$cc" "${flags[@]}" -; then
      echo "$header does not compile alone" >&2
      failed=1
    fi
  done
}

check lib/base
check lib/article lib/base
check lib/analysis lib/base
check lib/index lib/base
check proto lib/base
check lib/search lib/analysis lib/index lib/base
check lib/answer proto lib/search lib/analysis lib/index lib/base
check indexer lib/article lib/analysis lib/index lib/base
check daemon lib/answer proto lib/search lib/analysis lib/index lib/base
check client lib/answer proto lib/search lib/analysis lib/index lib/base
exit $failed
