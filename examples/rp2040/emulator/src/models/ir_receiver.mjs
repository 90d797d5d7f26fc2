// An infrared receiver module in front of a light: its output is low while it sees a carrier
// of 38 kHz. From the TSOP38238's datasheet (Vishay, 82491): bursts of 10 cycles and more, gaps
// of 10 and more, an output that begins 7 to 15 cycles late and is as long as the burst.

/** A cycle, in microseconds. */
const CYCLE = 1e6 / 38_000;
/** Cycles of a burst until the output is low, and without light until it is high. */
const DELAY = 10;
/** What the band-pass filter lets through, as a share of the frequency. */
const BAND = 0.05;

export default class IrReceiver {
  #board;
  #pin;
  #cycles = 0;
  #rose = -Infinity;
  #bursts = 0;
  #hertz = [];
  #percents = [];

  /** `light` is the pin of the light, `pin` that of the output. */
  constructor(board, { light, pin, name = 'ir' }) {
    this.#board = board;
    this.#pin = pin;
    board.name(pin, name);
    board.name(light, `${name}_light`);
    board.drive(pin, true);
    board.watch((moved, level, nanos) => {
      if (moved !== light) return;
      const now = nanos / 1000;
      if (level) this.#rise(now);
      else this.#percents.push((100 * (now - this.#rose)) / CYCLE);
    });
  }

  /** What the carrier was: its bursts, its frequency in them, and how long it is on, on average. */
  state() {
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      low: !this.#board.level(this.#pin),
      bursts: this.#bursts,
      khz: Math.round(mean(this.#hertz) / 100) / 10,
      percent: Math.round(mean(this.#percents)),
    };
  }

  #rise(now) {
    const period = now - this.#rose;
    const inBand = Math.abs(period / CYCLE - 1) <= BAND;
    if (inBand) this.#hertz.push(1e6 / period);
    this.#cycles = inBand ? this.#cycles + 1 : 1;
    this.#rose = now;
    if (this.#cycles === DELAY) {
      this.#bursts++;
      this.#board.drive(this.#pin, false);
    }
    this.#board.after(DELAY * CYCLE, () => {
      if (this.#rose === now) this.#board.drive(this.#pin, true);
    });
  }
}
