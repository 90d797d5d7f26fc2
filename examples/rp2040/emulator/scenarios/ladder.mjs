// Four keys of a ladder, pressed with bounce, one over another, and between two levels.
const LEVELS = [0, 372, 993, 1_807];
const REST = 4_095;
const told = (key, gesture) => ({ event: 'key', key, gesture });

/** A level that alternates with `before` for some milliseconds. */
const bounce = (ms, before, level) => [
  [ms, 'level', 'set', level],
  [ms + 2, 'level', 'set', before],
  [ms + 4, 'level', 'set', level],
  [ms + 7, 'level', 'set', before],
  [ms + 9, 'level', 'set', level],
];

export default {
  for_ms: 1_900,
  stack: 710,
  parts: {
    level: { model: 'adc', channel: 0, value: REST },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    ...bounce(100, REST, LEVELS[1]),
    ...bounce(200, LEVELS[1], REST),
    ...bounce(300, REST, LEVELS[1]),
    ...bounce(380, LEVELS[1], REST),
    [500, 'level', 'set', LEVELS[3]],
    [600, 'level', 'set', LEVELS[0]], // Hides the other one.
    [700, 'level', 'set', REST],
    [800, 'level', 'set', 1_400], // Of no key.
    [900, 'level', 'set', REST],
    [1_000, 'level', 'set', LEVELS[2] + 60], // Within the tolerance.
    [1_000 + 800, 'level', 'set', REST],
  ],
  lines: [
    told(1, 'press'),
    told(1, 'release'),
    told(1, 'press'),
    told(1, 'double'),
    told(1, 'release'),
    told(3, 'press'),
    told(3, 'release'),
    told(0, 'press'),
    told(0, 'release'),
    told(2, 'press'),
    told(2, 'release'),
  ],
  looks: [
    { at_ms: 150, led: { on: true } },
    { at_ms: 250, led: { on: false } },
    { at_ms: 650, led: { on: true } },
    { at_ms: 850, led: { on: false } },
    { at_ms: 1_500, led: { on: true } },
  ],
  end: { led: { on: false } },
};
