// The pulse with which a GPS receiver tells the beginning of each second: high
// for 100 ms (u-blox NEO-6 data sheet, "Time pulse": 1 Hz, 100 ms by default).

export default class Pps {
  #board;
  #pin;
  #width;
  #period;
  #running = false;
  #pulses = 0;

  /** `drift_ppm`: by how much the board's own clock is slow against the satellites'. */
  constructor(board, { pin, width_ms = 100, drift_ppm = 0, name = 'pps' }) {
    this.#board = board;
    this.#pin = pin;
    this.#width = width_ms * 1000;
    this.#period = 1e6 * (1 - drift_ppm / 1e6);
    board.name(pin, name);
    board.drive(pin, false);
  }

  // Stimuli.

  /** The first pulse comes at once. */
  start() {
    if (this.#running) return;
    this.#running = true;
    this.#pulse();
  }

  stop() {
    this.#running = false;
  }

  state() {
    return { pulses: this.#pulses };
  }

  #pulse() {
    if (!this.#running) return;
    this.#pulses++;
    this.#board.drive(this.#pin, true);
    this.#board.after(this.#width, () => this.#board.drive(this.#pin, false));
    this.#board.after(this.#period, () => this.#pulse());
  }
}
