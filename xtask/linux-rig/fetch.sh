#!/bin/sh
# fetch.sh FOLDER IMAGE SOURCE FILES...
#
# Fetches Debian's kernel with apt. Nothing is installed. Leaves in FOLDER: vmlinuz, the
# kernel's modules in root/, its headers in headers/, FILES of its source in built/, and
# fetched, which says what these are. What is there already is kept. The exit status is 3
# if apt has its lists, and no such kernel in them.
set -eu
mkdir -p "$1"
folder=$(cd "$1" && pwd)
image=$2 source=$3
shift 3

package=$(apt-cache depends "$image" | awk '/Depends: linux-image/ { print $2; exit }')
if [ -z "$package" ]; then
  [ -z "$(apt-cache search --names-only '^qemu-system-x86$')" ] || { echo "apt knows no $image"; exit 3; }
  echo "apt-get update"
  exit 1
fi
version=${package#linux-image-}
base=${version%-*}
fetched="$version $source $*"
[ "$(cat "$folder/fetched" 2>/dev/null)" != "$fetched" ] || exit 0

cd "$folder"
rm -rf packages headers root built fetched
mkdir packages headers root built
(cd packages && apt-get download --quiet "$package" "linux-headers-$version" \
  "linux-headers-$base-common" "linux-kbuild-$base" "$source")
dpkg -x packages/"$package"_*.deb root
for name in "linux-headers-$version" "linux-headers-$base-common" "linux-kbuild-$base" "$source"; do
  dpkg -x packages/"$name"_*.deb headers
done

# The headers name /usr/src and /usr/lib, where they are not installed.
here=$folder/headers
tree=$here/usr/src/linux-headers-$version
for file in Makefile .kernelvariables; do
  [ ! -f "$tree/$file" ] || sed -i "s#/usr/src/linux-headers#$here/usr/src/linux-headers#g
    s#/usr/lib/linux-kbuild#$here/usr/lib/linux-kbuild#g" "$tree/$file"
done
find "$here/usr/src" -maxdepth 2 -type l | while read -r link; do
  to=$(readlink "$link")
  case $to in /usr/*) ln -sfn "$here$to" "$link" ;; esac
done

wanted=
for file in "$@"; do wanted="$wanted $source/$file"; done
# shellcheck disable=SC2086 # The names of files in the kernel have no spaces.
tar xf "headers/usr/src/$source.tar.xz" --transform 's#.*/##' -C built $wanted
# The interrupt simulator is no module in the kernel's own tree, and `irq_to_desc` is not
# exported to modules.
sed -i 's#irq_to_desc(irqnum)#irq_data_to_desc(irq_get_irq_data(irqnum))#
  s#include <linux/slab.h>#&\n\#include <linux/module.h>#
  $ a MODULE_LICENSE("GPL");' built/irq_sim.c
cp "root/boot/vmlinuz-$version" vmlinuz
ln -s "usr/src/linux-headers-$version" headers/tree
rm -rf packages headers/usr/src/"$source"*
echo "$fetched" > fetched
