// Turns as in our scenario. Steps that are not possible are not counted.
import ours from '../../../examples/rp2040/emulator/scenarios/encoder.mjs';

export default {
  ...ours,
  stack: undefined,
  lines: ours.lines.map(({ illegal, ...turn }) => turn),
};
