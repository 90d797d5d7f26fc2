// Keys as in our scenario. The fourth corner of a rectangle is reported, and the processor wakes
// each millisecond.
import ours from '../../../examples/rp2040/emulator/scenarios/keypad.mjs';

const key = (event, row, column) => ({ event, row, column });

export default {
  ...ours,
  stack: undefined,
  quiet: undefined,
  spans: undefined,
  lines: [
    { ...key('press', 0, 0), t_us: [105_000, 112_000] },
    key('release', 0, 0),
    key('press', 0, 0),
    key('press', 3, 2),
    key('release', 0, 0),
    key('release', 3, 2),
    key('press', 1, 1),
    key('press', 1, 3),
    key('press', 2, 1),
    key('press', 2, 3), // The ghost.
    key('release', 1, 3),
    key('release', 2, 3),
    key('release', 1, 1),
    key('release', 2, 1),
  ],
  looks: [ours.looks[0], { at_ms: 2_500, led: { on: false } }],
};
