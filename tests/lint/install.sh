#!/usr/bin/env bash
# What is installed: programs, manual pages, documents whose links lead somewhere, units that name real options; no empty folder.
set -euo pipefail
source=$1
build=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

if ! cmake --install "$build" --prefix "$folder" >"$folder/log" 2>&1; then
  cat "$folder/log" >&2
  exit 1
fi
for program in quoth quothd quoth-index; do
  for file in bin/$program share/man/man1/$program.1; do
    if [ ! -s "$folder/$file" ]; then
      echo "$file is not installed" >&2
      failed=1
    fi
  done
done
if find "$folder" -type d -empty | grep .; then
  echo "nothing is installed in these folders" >&2
  failed=1
fi

while read -r page; do
  for link in $(grep -oE '\]\([^)#: ]+' "$page" | cut -c 3-); do
    if [ ! -e "$(dirname "$page")/$link" ]; then
      echo "${page#"$folder/"} links to $link, which is not installed" >&2
      failed=1
    fi
  done
done < <(find "$folder" -name '*.md')

while read -r unit; do
  read -r program options < <(sed -n 's|^ExecStart=/usr/local/bin/||p' "$source/docs/systemd/$unit")
  help=$("$folder/bin/$program" --help)
  for option in $(grep -oE -e '--[a-z-]+' <<<"$options" || true); do
    if ! grep -qE -e "(^|[^a-z-])$option([^a-z-]|$)" <<<"$help"; then
      echo "docs/systemd/$unit gives $program the option $option, which it does not have" >&2
      failed=1
    fi
  done
done < <(cd "$source/docs/systemd" && ls ./*.service)
exit $failed
