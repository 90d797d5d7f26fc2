// The alarms of rp2040js 1.4.1 fire up to a microsecond early when they are set
// between two ticks of the timer. (RP2040 datasheet, 4.6.3: an alarm fires when
// the counter's lower half equals it.)

const [FIRST_ALARM, LAST_ALARM] = [0x10, 0x1c];

export function shimTimer(timer) {
  const write = timer.writeUint32.bind(timer);
  timer.writeUint32 = (offset, value) => {
    write(offset, value);
    if (offset < FIRST_ALARM || offset > LAST_ALARM) return;
    const nanos = timer.clock.nanos;
    const ticks = (value - Math.floor(nanos / 1000)) >>> 0;
    const left = ticks * 1000 - (nanos % 1000);
    timer.alarms[(offset - FIRST_ALARM) / 4].clockAlarm.schedule(Math.max(left, 0));
  };
}
