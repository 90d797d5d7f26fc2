// Turns as in our scenario. A value changes by 100 or not at all, so that a knob that goes a
// little beyond an end of the band is still inside.
import ours from '../../../examples/rp2040/emulator/scenarios/analog_watch.mjs';

const at = (value, inside) => ({ event: 'knob', value, inside });

export default {
  ...ours,
  stack: undefined,
  lines: [at(3_500, false), at([2_850, 3_000], true), at([800, 1_000], false)],
  looks: ours.looks.filter(({ at_ms }) => at_ms !== 900),
  end: { led: { changes: 2 }, knob: { reads: 390 } },
};
