// A voltage on one of the converter's channels: steady, or on its way. (RP2040
// datasheet, 4.9: 12 bits, a conversion takes 96 cycles of 48 MHz, 2 us.)

const FULL_SCALE = 0xfff;
const CONVERSION_US = 2;

export default class AdcRamp {
  #board;
  #from = { at: 0, value: 0 };
  #to = { at: 0, value: 0 };
  #reads = 0;

  /** `channel` 0 to 3 is on GPIO 26 to 29. `value` in steps of the converter. */
  constructor(board, { channel = 0, value = 0 } = {}) {
    this.#board = board;
    this.set(value);
    const adc = board.mcu?.adc;
    if (!adc) return;
    const others = adc.onADCRead;
    adc.onADCRead = (asked) => {
      if (asked !== channel) return others(asked);
      board.after(CONVERSION_US, () => {
        this.#reads++;
        adc.completeADCRead(this.value, false);
      });
    };
  }

  // Stimuli.

  set(value) {
    this.#from = this.#to = { at: this.#board.micros, value };
  }

  /** Goes to a value, in a straight line, within so many milliseconds. */
  ramp(value, millis) {
    const at = this.#board.micros;
    this.#from = { at, value: this.#now() };
    this.#to = { at: at + millis * 1000, value };
  }

  /** What the converter reads now. */
  get value() {
    return Math.min(Math.max(Math.round(this.#now()), 0), FULL_SCALE);
  }

  state() {
    return { value: this.value, reads: this.#reads };
  }

  #now() {
    const [from, to, now] = [this.#from, this.#to, this.#board.micros];
    if (now >= to.at) return to.value;
    return from.value + ((to.value - from.value) * (now - from.at)) / (to.at - from.at);
  }
}
