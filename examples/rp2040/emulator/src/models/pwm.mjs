// A light that is dimmed by pulses: which part of the time it is on.

export default class Pwm {
  #board;
  #pin;
  /** When it went on last, and for how long it was on before, in microseconds. */
  #rise = null;
  #fall = null;
  #period = null;
  #periods = 0;

  constructor(board, { pin, name = 'pwm' }) {
    this.#board = board;
    this.#pin = pin;
    board.name(pin, name);
    board.watch((moved, level, nanos) => {
      if (moved !== pin) return;
      const at = nanos / 1000;
      if (!level) {
        this.#fall = at;
        return;
      }
      if (this.#rise !== null) {
        this.#period = { on: this.#fall - this.#rise, whole: at - this.#rise };
        this.#periods++;
      }
      this.#rise = at;
    });
  }

  /** `permille` of the last whole period; a level that lasts longer than two is 0 or 1000. */
  state() {
    const last = Math.max(this.#rise ?? 0, this.#fall ?? 0);
    const still = !this.#period || this.#board.micros - last > 2 * this.#period.whole;
    const { on, whole } = this.#period ?? { on: 0, whole: 0 };
    const permille = still ? (this.#board.level(this.#pin) ? 1000 : 0) : Math.round((1000 * on) / whole);
    return { permille, periods: this.#periods, period_us: whole };
  }
}
