// A display as in our scenario, with the oscillator of 270 kHz that most have: on a slower one,
// the text is garbled after a clear. A glyph of one's own cannot be set.
import ours from '../../../examples/rp2040/emulator/scenarios/hd44780.mjs';

const glass = (second) => ({ lcd: { on: true, rows: ['Tickwire   24 °C', `${second} s             `] } });

export default {
  ...ours,
  stack: undefined,
  parts: { ...ours.parts, lcd: { ...ours.parts.lcd, khz: 270 } },
  looks: [
    { at_ms: 500, ...glass(0) },
    { at_ms: 1_500, ...glass(1) },
    { at_ms: 4_500, ...glass(4) },
    { at_ms: 5_500, ...glass(0) }, // After a clear.
  ],
  // The second function set comes after 2 ms, and 4.1 ms are asked for.
  end: { lcd: { violations: [{ what: 'spoken to 2101 us too soon' }] } },
};
