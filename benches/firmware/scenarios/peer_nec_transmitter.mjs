// A key as in our scenario. A contact counts after 20 ms.
import ours from '../../../examples/rp2040/emulator/scenarios/nec_transmitter.mjs';

const told = (event, at_us, values) => ({ event, t_us: [at_us, at_us + 1_000], ...values });
const frame = { address: 0x40, command: 0x12 };

export default {
  ...ours,
  stack: undefined,
  lines: [
    told('frame', 187_500, frame),
    told('repeat', 239_250),
    told('repeat', 347_250),
    told('sent', 420_000),
    told('frame', 787_500, frame),
    told('sent', 787_500),
  ],
};
