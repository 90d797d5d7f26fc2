// A knob that is turned through a band, and rests at its end.
const at = (value, inside) => ({ event: 'knob', value, inside });

export default {
  for_ms: 1_950,
  stack: 560,
  parts: {
    knob: { model: 'adc', channel: 0, value: 3_500 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    [100, 'knob', 'ramp', 2_950, 100], // Inside by less than the hysteresis.
    [400, 'knob', 'set', 2_900],
    [600, 'knob', 'set', 3_000], // The end is inside.
    [800, 'knob', 'set', 3_001],
    [1_000, 'knob', 'ramp', 0, 600], // Through all of it.
  ],
  lines: [
    at(3_500, false),
    at(2_900, true),
    at(3_001, false),
    at([2_700, 2_900], true),
    at([800, 1_000], false),
  ],
  looks: [
    { at_ms: 350, led: { on: false } },
    { at_ms: 550, led: { on: true } },
    { at_ms: 780, led: { on: true } },
    { at_ms: 900, led: { on: false } },
    { at_ms: 1_300, led: { on: true } },
    { at_ms: 1_900, led: { on: false }, knob: { value: 0 } },
  ],
  // Each 5 ms, from the start of the program on.
  end: { led: { changes: 4 }, knob: { reads: 390 } },
};
