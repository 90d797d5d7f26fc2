// The gestures that are told at once, by a button that bounces; `station` has a click,
// for which one waits. They are so far apart that no two run into one another.
const told = (event, millis) => ({ event, t_us: [millis * 1000, millis * 1000 + 200] });

export default {
  for_ms: 10_000,
  stack: 540,
  parts: {
    button: { model: 'button', pin: 15, seed: 3 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    [500, 'button', 'tap', 120], // A click.
    [2_000, 'button', 'tap', 100], // A double click: the second press within 400 ms.
    [2_250, 'button', 'tap', 100],
    [4_000, 'button', 'tap', 1_500], // A long press: 1000 ms or more.
    [6_500, 'button', 'tap', 90], // Two clicks too far apart to be a double one.
    [7_100, 'button', 'tap', 90],
    [8_500, 'button', 'tap', 100], // Three clicks.
    [8_800, 'button', 'tap', 100],
    [9_100, 'button', 'tap', 100],
  ],
  lines: [
    told('press', 500),
    told('release', 620),
    told('press', 2_000),
    told('release', 2_100),
    told('press', 2_250),
    told('double', 2_250),
    told('release', 2_350),
    told('press', 4_000),
    told('long', 5_000),
    told('repeat', 5_200), // Held on: every 200 ms.
    told('repeat', 5_400),
    told('release', 5_500),
    told('press', 6_500),
    told('release', 6_590),
    told('press', 7_100),
    told('release', 7_190),
    told('press', 8_500),
    told('release', 8_600),
    told('press', 8_800),
    told('double', 8_800),
    told('release', 8_900),
    told('press', 9_100),
    told('clicks', 9_100),
    told('release', 9_200),
  ],
};
