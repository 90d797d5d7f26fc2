// Taps as in our scenario. Presses and releases are not reported, and clicks once no other can follow.
import ours from '../../../examples/rp2040/emulator/scenarios/button.mjs';

const told = (millis, event, values) => ({ event, t_us: [millis * 1000, millis * 1000 + 1000], ...values });

/** Of a release: 10 ms until it counts, and 350 ms for another click. */
const clicks = (released, count) => told(released + 360, 'clicks', { count });

export default {
  ...ours,
  stack: undefined,
  lines: [
    clicks(620, 1),
    clicks(2_350, 2),
    told(5_010, 'long'),
    clicks(6_590, 1),
    clicks(7_190, 1),
    clicks(9_200, 3),
  ],
  end: { led: { changes: 6 } },
};
