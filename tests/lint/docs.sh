#!/usr/bin/env bash
# The manual pages name every option that --help shows, and the other way round; links between the documents lead somewhere.
set -euo pipefail
cd "$1"
build=$2
failed=0

for program in quoth quothd quoth-index; do
  page=docs/man/$program.1
  # Whole texts first: a grep -q that has seen enough would end what writes into it.
  text=$(sed 's/\\//g' "$page")
  if ! help=$("$build/$program" --help); then
    echo "$program --help does not work" >&2
    failed=1
    continue
  fi
  for option in $(grep -oE -e '--[a-z][a-z-]*' <<<"$help" | sort -u); do
    if ! grep -qE -e "(^|[^a-z-])$option([^a-z-]|$)" <<<"$text"; then
      echo "$page does not mention $option" >&2
      failed=1
    fi
  done
  described=$(grep -oE -e '^\.BR? +--[a-z][a-z-]*|^\.TP --[a-z][a-z-]*' <<<"$text" | grep -oE -e '--[a-z-]+' | sort -u || true)
  for option in $described; do
    if ! grep -qE -e "(^|[^a-z-])$option([^a-z-]|$)" <<<"$help"; then
      echo "$page describes $option, which $program --help does not show" >&2
      failed=1
    fi
  done
done

for page in README.md HACKING.md CHANGELOG.md docs/*.md; do
  folder=$(dirname "$page")
  for link in $(grep -oE '\]\([^)#: ]+' "$page" | cut -c 3-); do
    if [ ! -e "$folder/$link" ]; then
      echo "$page links to $link, which is not there" >&2
      failed=1
    fi
  done
done

version=$(sed -n 's/^project(quoth VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
if [ "$("$build/quoth" --version)" != "quoth $version" ]; then
  echo "quoth --version does not say $version" >&2
  failed=1
fi
exit $failed
