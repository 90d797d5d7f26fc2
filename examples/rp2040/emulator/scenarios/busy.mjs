// A contact beside a task that does not let go of the processor for 50 ms: what is
// told late has the time of the interrupt.
const told = (event, millis) => ({ event, t_us: [millis * 1000, millis * 1000 + 50] });

export default {
  for_ms: 520,
  stack: 590,
  parts: {
    contact: { model: 'button', pin: 15, seed: 7 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [[123, 'contact', 'tap', 200]],
  lines: [told('closed', 123), told('open', 323)],
  looks: [
    { at_ms: 240, led: { on: true } },
    { at_ms: 440, led: { on: false } },
  ],
  end: { led: { changes: 2 } },
};
