#!/bin/sh
# The first program of the guest: makes the devices, runs the tests, and ends QEMU with the
# result.
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tracefs tracefs /sys/kernel/tracing
echo "up after $(cut -d ' ' -f 1 /proc/uptime) s"
echo "gpio:x:997:" > /etc/group

for module in configfs gpio-sim cuse leds-gpio ledtrig-timer iio_dummy; do modprobe "$module"; done
mount -t configfs configfs /sys/kernel/config
# The chip whose lines the devices of our module use.
chip=/sys/kernel/config/gpio-sim/board
mkdir "$chip" "$chip/bank0"
echo tickwire-board > "$chip/bank0/label"
echo 8 > "$chip/bank0/num_lines"
echo 1 > "$chip/live"
modprobe tickwire-board
mkdir /sys/kernel/config/iio/devices/dummy/adc

i2c-bus i2c-1 /run/i2c-1 &
while [ ! -e /dev/i2c-1 ]; do sleep 0.1; done

export TICKWIRE_RIG=1 RUST_BACKTRACE=0
# A factor by which a test may run for longer.
seconds=$((120 * ${TICKWIRE_ENDURANCE:-1}))
status=0
for test in /tests/*; do
  echo "$test at $(cut -d ' ' -f 1 /proc/uptime) s"
  # The guest's time passes at once while nothing happens, so a test that hangs ends soon.
  timeout -s KILL "$seconds" "$test" --test-threads=1 --show-output || status=1
done
echo "done after $(cut -d ' ' -f 1 /proc/uptime) s"
# The device for exits at port 0xf4: QEMU's status is twice the byte, plus one.
# shellcheck disable=SC2059 # The byte is written as an escape.
printf "\\$status" | dd of=/dev/port bs=1 seek=244 2>/dev/null
poweroff -f
