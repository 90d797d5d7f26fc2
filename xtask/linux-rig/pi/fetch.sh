#!/bin/sh
# fetch.sh FOLDER IMAGE SUITE
#
# Fetches with apt, and unpacks: Debian's arm64 kernel IMAGE with its device trees, an
# arm64 busybox, QEMU of SUITE, and the editor of device trees. Nothing is installed, and
# the machine's list of architectures stays as it is. Leaves in FOLDER: vmlinuz, fetched,
# busybox, pi3.dtb, the kernel's modules in root/, QEMU in qemu/. What is there already is
# kept. The exit status is 3 if a package cannot be had.
set -eu
mkdir -p "$1"
folder=$(cd "$1" && pwd)
image=$2 suite=$3
keys=/usr/share/keyrings/debian-archive-keyring.gpg

# Gives apt lists and caches of its own, for the packages of one architecture.
apt_for() {
  architecture=$1
  own=$folder/apt-$architecture
  mkdir -p "$own/lists/partial" "$own/archives/partial" "$own/parts"
  : > "$own/status"
  cat > "$own/sources" <<END
deb [signed-by=$keys] http://deb.debian.org/debian ${suite%-backports} main
deb [signed-by=$keys] http://deb.debian.org/debian-security ${suite%-backports}-security main
deb [signed-by=$keys] http://deb.debian.org/debian $suite main
END
  cat > "$own/conf" <<END
APT::Architecture "$architecture"; APT::Architectures { "$architecture"; };
Dir::State "$own"; Dir::State::status "$own/status"; Dir::Cache "$own";
Dir::Etc::sourcelist "$own/sources"; Dir::Etc::sourceparts "$own/parts";
Acquire::Languages "none"; APT::Sandbox::User "root";
END
  export APT_CONFIG="$own/conf"
  apt-get update --quiet --quiet
}

# Unpacks packages into a folder.
unpack() {
  into=$1
  shift
  rm -rf packages "$into"
  mkdir packages "$into"
  (cd packages && apt-get download --quiet "$@")
  for file in packages/*.deb; do dpkg -x "$file" "$into"; done
  rm -rf packages
}

cd "$folder"
[ ! -e fetched ] || exit 0
trap '[ $? = 0 ] || exit 3' EXIT
apt_for arm64
package=$(apt-cache depends "$image" | awk '/Depends: linux-image/ { print $2; exit }')
[ -n "$package" ] || { echo "apt knows no $image for arm64"; exit 1; }
unpack root "$package" busybox-static
version=${package#linux-image-}
version=${version%-unsigned}
cp "root/boot/vmlinuz-$version" vmlinuz
cp root/bin/busybox busybox 2>/dev/null || cp root/usr/bin/busybox busybox
rm -rf apt-arm64

apt_for amd64
unpack tools device-tree-compiler libfdt1 libyaml-0-2
unpack qemu --target-release "$suite" qemu-system-arm qemu-system-common qemu-system-data
rm -rf apt-amd64
trap - EXIT

# QEMU would load this module from an installed QEMU of another version, and abort. An
# empty one it passes over.
mkdir -p qemu/modules
: > qemu/modules/ui-opengl.so

cp "root/usr/lib/linux-image-$version/broadcom/bcm2837-rpi-3-b.dtb" pi3.dtb
tree() {
  command=$1
  shift
  LD_LIBRARY_PATH=tools/usr/lib/x86_64-linux-gnu "tools/usr/bin/$command" "$@"
}
# What `dtparam=spi=on` does on a Raspberry Pi, with a device that spidev accepts.
spi=/soc/spi@7e204000
tree fdtput -t s pi3.dtb $spi status okay
gpio=$(tree fdtget -t i pi3.dtb /soc/gpio@7e200000 phandle)
tree fdtput -t i pi3.dtb $spi cs-gpios "$gpio" 8 1 "$gpio" 7 1
tree fdtput -c pi3.dtb $spi/spidev@0
tree fdtput -t s pi3.dtb $spi/spidev@0 compatible rohm,dh2228fv
tree fdtput -t i pi3.dtb $spi/spidev@0 reg 0
tree fdtput -t i pi3.dtb $spi/spidev@0 spi-max-frequency 10000000
# QEMU's DMA does not wait for the SPI controller: it would read zeros.
tree fdtput -d pi3.dtb $spi dmas dma-names
# What `dtoverlay=disable-bt` does: the PL011 is at the pins.
tree fdtput -r pi3.dtb /soc/serial@7e201000/bluetooth
# The last step: with it, all is there.
echo "$version" > fetched
