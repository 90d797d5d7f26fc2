#!/bin/sh
# The first program of the emulated Raspberry Pi: runs the tests and says how they ended.
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tracefs tracefs /sys/kernel/tracing
echo "up after $(cut -d ' ' -f 1 /proc/uptime) s: $(tr -d '\0' < /proc/device-tree/model)"
# The watchdog is what restarts the machine.
for module in bcm2835_wdt i2c-bcm2835 i2c-dev spi-bcm2835 spidev; do modprobe "$module"; done
# As the system of a Raspberry Pi names it.
ln -s ttyAMA0 /dev/serial0

export TICKWIRE_RIG=pi RUST_BACKTRACE=0
status=0
for test in /tests/*; do
  echo "$test"
  "$test" --test-threads=1 || status=1
done
echo "done after $(cut -d ' ' -f 1 /proc/uptime) s"
# QEMU ends with status 0 at a restart, whatever has happened.
echo "ended with $status"
reboot -f
