// Keys that bounce, one after the other, together, and as a rectangle.
const key = (event, row, column) => ({ event, row, column });

export default {
  for_ms: 3_000,
  stack: 920,
  parts: {
    keypad: { model: 'keypad', rows: [2, 3, 4, 5], columns: [6, 7, 8, 9], seed: 3 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    [100, 'keypad', 'tap', 0, 0, 100],
    [300, 'keypad', 'tap', 0, 0, 100],
    [350, 'keypad', 'tap', 3, 2, 100],
    // The third corner, and the ghost of the fourth, until the second is up.
    [1_000, 'keypad', 'tap', 1, 1, 600],
    [1_100, 'keypad', 'tap', 1, 3, 300],
    [1_200, 'keypad', 'tap', 2, 1, 600],
  ],
  lines: [
    { ...key('press', 0, 0), t_us: [100_000, 100_400] },
    key('release', 0, 0),
    key('press', 0, 0),
    key('double', 0, 0),
    { ...key('press', 3, 2), t_us: [350_000, 362_000] },
    key('release', 0, 0),
    key('release', 3, 2),
    { ...key('press', 1, 1), t_us: [1_000_000, 1_000_400] },
    key('press', 1, 3),
    key('release', 1, 3),
    { ...key('press', 2, 1), t_us: [1_450_000, 1_466_000] },
    key('release', 1, 1),
    key('release', 2, 1),
  ],
  looks: [
    { at_ms: 1_300, led: { on: true }, keypad: { down: ['1,1', '1,3', '2,1'] } },
    // All rows are low, and nobody is awake.
    { at_ms: 2_500, led: { on: false }, keypad: { low: [] } },
  ],
  spans: [{ name: 'a press and its release', from_ms: 100, to_ms: 290 }],
  quiet: [
    [10, 99],
    [600, 999],
    [2_000, 3_000],
  ],
};
