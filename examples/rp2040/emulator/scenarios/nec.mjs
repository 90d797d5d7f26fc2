// Keys of two remote controls, one held, and what is no key. Times are those after the first
// edge: 562.5 us are rounded by the model's clock, and an edge is seen within 40 us.
const told = (event, at_us, values) => ({ event, t_us: [at_us, at_us + 40], ...values });
const held = (ms) => [ms * 1000 - 40, ms * 1000 + 40];

export default {
  for_ms: 2_000,
  stack: 590,
  parts: {
    remote: { model: 'nec', pin: 14, stretch: 60 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    [100, 'remote', 'press', 0x04, 0x08, 2],
    [700, 'remote', 'press', 0x1234, 0xa5],
    [1_000, 'remote', 'send', [200]],
    [1_200, 'remote', 'send', [9_000, 4_500, 562, 562, 562]], // Broken off.
    [1_500, 'remote', 'send', [9_000, 2_250, 562, 562, 562]], // Longer than a repeat.
    [1_700, 'remote', 'press', 0xffff, 0xff], // The longest frame.
  ],
  lines: [
    told('frame', 168_122, { address: 4, command: 8 }),
    told('repeat', 219_872, { held_us: held(108) }),
    told('repeat', 327_872, { held_us: held(216) }),
    told('frame', 764_747, { address: 0x1234, command: 0xa5 }),
    told('bad_start', 1_000_260),
    told('bad_block', 1_280_000),
    told('repeat', 1_511_872, { held_us: 0 }),
    told('bad_repeat', 1_512_374),
    told('frame', 1_777_122, { address: 0xffff, command: 0xff }),
  ],
  end: { led: { changes: 6 }, remote: { frames: 8 } },
  // Between signals, the processor sleeps. The deadline of a signal, 80 ms after its beginning,
  // wakes it once.
  quiet: [
    [10, 99],
    [181, 207],
    [397, 699],
    [1_081, 1_199],
    [1_281, 1_499],
  ],
};
