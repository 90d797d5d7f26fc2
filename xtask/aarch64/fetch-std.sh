#!/bin/sh
# fetch-std.sh FOLDER
#
# Fetches Rust's standard library for arm64 with apt: that of Debian's rustc-web, in the
# version that is installed. Nothing is installed, and this machine's apt does not learn of
# arm64. Leaves in FOLDER: sysroot, links to this machine's libraries and to the fetched one.
set -eu
version=$(dpkg-query --show --showformat '${Version}' rustc-web)
mkdir -p "$1"
cd "$1"
[ "$(cat version 2>/dev/null)" != "$version" ] || exit 0
rm -rf apt package root sysroot version
mkdir -p apt/lists/partial apt/cache/archives/partial package root sysroot/lib/rustlib
: > apt/status
cat > apt/apt.conf <<END
Dir::State "$PWD/apt";
Dir::State::status "$PWD/apt/status";
Dir::Cache "$PWD/apt/cache";
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
END
export APT_CONFIG="$PWD/apt/apt.conf"
# A list that cannot be had need not be that of the package.
apt-get --quiet update || true
(cd package && apt-get --quiet download "libstd-rust-web-dev=$version")
dpkg --extract package/*.deb root
for library in "$(/usr/bin/rustc --print sysroot)"/lib/rustlib/*; do
  ln -s "$library" sysroot/lib/rustlib/
done
ln -s "$(find "$PWD/root" -type d -name aarch64-unknown-linux-gnu)" sysroot/lib/rustlib/
rm -rf apt package
echo "$version" > version
