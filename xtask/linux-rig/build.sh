#!/bin/sh
# build.sh FOLDER OURS
#
# Builds the kernel modules of OURS, and those of FOLDER/built, where `fetch.sh` has left
# their source. Those that are up to date are kept.
set -eu
folder=$(cd "$1" && pwd)
sum=$(cat "$folder/fetched" "$2"/* | cksum)
[ "$(cat "$folder/built/sum" 2>/dev/null)" != "$sum" ] || exit 0
rm -f "$folder/built/sum"
cp "$2"/* "$folder/built"
# With type information it would need pahole.
make --silent --jobs=2 -C "$folder/headers/tree" M="$folder/built" \
  CONFIG_DEBUG_INFO_BTF_MODULES= modules
echo "$sum" > "$folder/built/sum"
