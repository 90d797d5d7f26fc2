// A knob whose contacts bounce: each detent is one position, up to the end and back at once.
const detent = (position, delta) => ({ event: 'turn', position, delta, illegal: 0 });
const times = (count, line) => Array.from({ length: count }, (_, index) => line(index));

export default {
  for_ms: 2_600,
  stack: 620,
  parts: {
    knob: { model: 'encoder', a: 10, b: 11, seed: 7 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    [100, 'knob', 'turn', 12], // Two more than there are positions.
    [900, 'knob', 'turn', -3],
    [1_200, 'knob', 'quarters', 2], // Half way,
    [1_300, 'knob', 'quarters', -2], // and back.
    [1_500, 'knob', 'turn', -9, { each_ms: 80 }],
  ],
  lines: [
    ...times(10, (index) => detent(index + 1, 1)),
    ...times(3, (index) => detent(9 - index, -1)),
    ...times(7, (index) => detent(6 - index, -1)),
  ],
  looks: [
    { at_ms: 300, led: { on: false } },
    { at_ms: 850, led: { on: true }, knob: { detents: 12 } },
    { at_ms: 1_400, led: { on: true }, knob: { detents: 9 } },
    { at_ms: 2_500, led: { on: false }, knob: { detents: 0 } },
  ],
  end: { led: { changes: 2 } },
};
