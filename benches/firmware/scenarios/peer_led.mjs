// Settings as in our scenario. A pattern ends before the next one begins, at steps of 25 ms.
import ours from '../../../examples/rp2040/emulator/scenarios/led.mjs';

const on = (at_ms) => ({ at_ms, led: { on: true } });
const off = (at_ms) => ({ at_ms, led: { on: false } });

export default {
  ...ours,
  stack: undefined,
  looks: [
    on(5),
    on(120),
    off(130),
    off(245),
    on(255),
    off(995),
    off(1_245), // The heartbeat was set at 1030 ms.
    on(1_255),
    off(1_320),
    on(1_360),
    off(1_420),
    off(1_745),
    on(1_755),
    off(2_245), // On was set at 2060 ms.
    on(2_260),
    on(3_215), // Flashes again, from 3100 ms.
    off(3_235),
  ],
  end: {},
};
