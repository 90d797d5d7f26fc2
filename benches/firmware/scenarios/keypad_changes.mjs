// Keys as in our scenario with gestures, of which presses and releases are left.
import ours from '../../../examples/rp2040/emulator/scenarios/keypad.mjs';

export default {
  ...ours,
  lines: ours.lines.filter(({ event }) => event === 'press' || event === 'release'),
};
