// A key that is held, and one that is tapped: what the PWM sends is received by a module beside
// the light. An edge of its output is 10 cycles late, and seen within 40 us.
const told = (event, at_us, values) => ({ event, t_us: [at_us, at_us + 400], ...values });
const held = (ms) => [ms * 1000 - 60, ms * 1000 + 60];
const frame = { address: 0x40, command: 0x12 };

export default {
  for_ms: 1_000,
  stack: 590,
  parts: {
    contact: { model: 'button', pin: 15, most: 0 },
    module: { model: 'ir_receiver', light: 16, pin: 14 },
  },
  stimuli: [
    [100, 'contact', 'tap', 300],
    [700, 'contact', 'tap', 50],
  ],
  lines: [
    told('frame', 168_062, frame),
    told('repeat', 219_812, { held_us: held(108) }),
    told('repeat', 327_812, { held_us: held(216) }),
    told('sent', 400_000),
    // The end of the last mark, and the module's edge.
    told('sent', 768_062),
    told('frame', 768_062, frame),
  ],
  // Each mark is a burst.
  end: { module: { low: false, bursts: 34 + 2 + 2 + 34, khz: 38, percent: 33 } },
};
