#!/bin/sh
# pack.sh FOLDER INIT MODULES PLACE=PROGRAM...
#
# Packs FOLDER/initramfs: a shell, INIT, the named modules and the built ones with those
# that they need, and each PROGRAM at its PLACE, with its shared libraries. For another
# processor, BUSYBOX is the shell, STRIP removes what is for debuggers, and the libraries
# are programs as well.
set -eu
folder=$1 init=$2 modules=$3
shift 3
version=$(cut -d ' ' -f 1 "$folder/fetched")
root=$(mktemp -d)
# The root of the guest, for its other users as well.
chmod 755 "$root"
trap 'rm -rf "$root"' EXIT
into=$root/lib/modules/$version
mkdir -p "$root/bin" "$root/dev" "$root/etc" "$root/lib" "$root/proc" "$root/run" "$root/sys" "$root/tmp" "$root/tests" "$into"
chmod 1777 "$root/tmp"

for name in sh cat cut dd echo ln mkdir modprobe mount poweroff printf reboot sleep stty timeout tr; do
  ln -s busybox "$root/bin/$name"
done
depmod -b "$folder/root" "$version"
for module in $modules; do
  modprobe -d "$folder/root" -S "$version" --show-depends "$module" | awk '$1 == "insmod" { print $2 }'
done | sort -u | while read -r file; do
  case $file in
    *.xz) xz -dc "$file" > "$into/$(basename "$file" .xz)" ;;
    *) cp "$file" "$into/" ;;
  esac
done
for file in "$folder"/built/*.ko; do
  [ -e "$file" ] || continue
  cp "$file" "$into/"
  strip --strip-debug "$into/$(basename "$file")"
done
cp "$folder/root/lib/modules/$version"/modules.builtin* "$into/"
depmod -b "$root" "$version"

for program in "bin/busybox=${BUSYBOX:-$(command -v busybox)}" "$@"; do
  file=${program#*=}
  "${STRIP:-strip}" -o "$root/${program%%=*}" "$file"
  # A static program has none, and of one for another processor ldd knows none.
  { ldd "$file" 2>/dev/null || true; } | { grep -o '/[^ ]*' || true; } | sort -u | while read -r library; do
    mkdir -p "$root/$(dirname "$library")"
    cp -L "$library" "$root/$library"
  done
done
cp "$init" "$root/init"
chmod +x "$root/init"
(cd "$root" && find . -print0 | cpio --null --create --format newc --quiet | gzip -1) > "$folder/initramfs"
