#!/bin/sh
# The first program of the guest: runs the tests, and ends QEMU with the result.
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in configfs gpio-sim; do modprobe "$module"; done
mount -t configfs configfs /sys/kernel/config
echo "up after $(cut -d ' ' -f 1 /proc/uptime) s"
export TICKWIRE_RIG=1 RUST_BACKTRACE=0
status=0
for test in /tests/*; do
  "$test" --test-threads=1 || status=1
done
echo "done after $(cut -d ' ' -f 1 /proc/uptime) s"
# The device for exits at port 0xf4: QEMU's status is twice the byte, plus one.
# shellcheck disable=SC2059 # The byte is written as an escape.
printf "\\$status" | dd of=/dev/port bs=1 seek=244 2>/dev/null
poweroff -f
