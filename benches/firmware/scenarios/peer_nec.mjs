// Keys as in our scenario. An address is not freed of its complement, frames are reported before
// their last mark, and what is no key is not reported or as an error at the next edge.
import ours from '../../../examples/rp2040/emulator/scenarios/nec.mjs';

const told = (event, at_us, values) => ({ event, t_us: [at_us, at_us + 40], ...values });

export default {
  ...ours,
  stack: undefined,
  quiet: undefined,
  lines: [
    told('frame', 167_500, { address: 0xfb04, command: 8 }),
    told('repeat', 219_250),
    told('repeat', 327_250),
    told('frame', 764_125, { address: 0x1234, command: 0xa5 }),
    told('error', 1_500_000),
    told('repeat', 1_511_250),
    told('frame', 1_776_500, { address: 0xffff, command: 0xff }),
  ],
};
