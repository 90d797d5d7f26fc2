// MCP3008, a converter of eight channels and ten bits on SPI. From Microchip's data sheet
// DS21295D: sections are named where they are used.
import { spiBus } from '../spi-bus.mjs';

const BITS = 10;
const CHANNELS = 8;

/** Section 1.0, "Timing parameters": at most, in Hz, with 5 V and with less. */
const [FASTEST_5V, FASTEST] = [3_600_000, 1_350_000];
/** Section 6.2: at least. */
const SLOWEST = 10_000;

/** The data line is nobody's, and pulled up. */
const HIGH_Z = 1;

export default class Mcp3008 {
  #board;
  /** What the chip was sent since it was selected, bit by bit; null if it is deaf. */
  #sent = null;
  /** Where in that the start bit is. */
  #start = -1;
  #result = 0;
  #plugged = true;
  #garble = 0;
  #conversions = 0;
  #violations = 0;
  #shorted = false;

  /** `cs` is a pin, `volts` those of the channels. */
  constructor(board, { bus = 0, cs, volts = [], reference = 3.3, supply = 3.3 } = {}) {
    this.#board = board;
    this.volts = Array.from({ length: CHANNELS }, (_, channel) => volts[channel] ?? 0);
    Object.assign(this, { reference, supply });
    spiBus(board, bus).attach(cs, this);
  }

  // Stimuli.

  set(channel, volts) {
    if (!(channel in this.volts)) throw new Error(`there is no channel ${channel}`);
    this.volts[channel] = volts;
  }

  unplug() {
    this.#plugged = false;
    this.#sent = null;
  }

  plug() {
    this.#plugged = true;
  }

  /** Shorts the data line to ground, or no longer. */
  short(shorted = true) {
    this.#shorted = shorted;
  }

  /** Inverts the bits of this many bytes on their way to the controller. */
  garble(bytes) {
    this.#garble = bytes;
  }

  state() {
    return { conversions: this.#conversions, violations: this.#violations };
  }

  // The bus.

  select() {
    this.#sent = this.#plugged ? [] : null;
    this.#start = -1;
  }

  exchange(byte, hertz) {
    let answer = 0;
    for (let bit = 7; bit >= 0; bit--) answer |= this.#clock((byte >> bit) & 1) << bit;
    if (this.#sent && (hertz < SLOWEST || hertz > (this.supply >= 5 ? FASTEST_5V : FASTEST))) this.#violations++;
    if (this.#garble > 0) {
      this.#garble--;
      answer ^= 0xff;
    }
    return this.#shorted ? 0 : answer;
  }

  /** A conversion that was begun has to be read to its end. */
  deselect() {
    const clocks = this.#start < 0 ? 0 : this.#sent.length - this.#start;
    if (clocks > 0 && clocks < 7 + BITS) this.#violations++;
    this.#sent = null;
  }

  /** Figure 5-1: one bit in each direction. */
  #clock(bit) {
    if (!this.#sent) return HIGH_Z;
    this.#sent.push(bit);
    if (this.#start < 0) {
      if (bit) this.#start = this.#sent.length - 1;
      return HIGH_Z;
    }
    const clocks = this.#sent.length - this.#start;
    if (clocks < 7) {
      // After SGL/DIFF, D2, D1 and D0, one clock ends the sample period.
      if (clocks === 6) this.#result = this.#convert(...this.#sent.slice(this.#start + 1));
      return HIGH_Z;
    }
    const at = clocks - 8; // The null bit is the seventh.
    if (at < 0) return 0;
    if (at === BITS - 1) this.#conversions++;
    // From the highest bit to the lowest, and from there back (figure 5-2).
    const place = Math.abs(BITS - 1 - at);
    return place < BITS ? (this.#result >> place) & 1 : 0;
  }

  /** Table 5-2, and section 4.2 for the code. */
  #convert(single, d2, d1, d0) {
    const channel = (d2 << 2) | (d1 << 1) | d0;
    const other = single ? 0 : this.volts[channel ^ 1];
    const code = Math.floor(((this.volts[channel] - other) * 1024) / this.reference);
    return Math.min(Math.max(code, 0), 1023);
  }
}
