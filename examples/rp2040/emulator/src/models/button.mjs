// A button to ground that bounces, as metal does: for some milliseconds after
// each change (Ganssle, "A guide to debouncing": 1.6 ms on average, 6.2 at most).
import { bounces, random } from '../random.mjs';

export default class Button {
  #board;
  #pin;
  #chance;
  #bounce;
  #down = false;

  /** `pin` has a pull-up. Up to `most` times it opens and closes again within `micros`. */
  constructor(board, { pin, seed = 1, most = 4, micros = 6_000, name = 'button' }) {
    this.#board = board;
    this.#pin = pin;
    this.#chance = random(seed);
    this.#bounce = { most, micros };
    board.name(pin, name);
    board.drive(pin, true);
  }

  // Stimuli.

  press() {
    this.#move(true);
  }

  release() {
    this.#move(false);
  }

  /** Down for so long. */
  tap(millis) {
    this.press();
    this.#board.after(millis * 1000, () => this.release());
  }

  /** A disturbance on the line: low for so long, without a bounce. */
  glitch(micros) {
    this.#board.drive(this.#pin, false);
    this.#board.after(micros, () => this.#board.drive(this.#pin, !this.#down));
  }

  state() {
    return { down: this.#down };
  }

  #move(down) {
    if (down === this.#down) return;
    this.#down = down;
    bounces(this.#chance, this.#bounce).forEach((micros, turn) => {
      const closed = (turn % 2 === 0) === down;
      this.#board.after(micros, () => this.#board.drive(this.#pin, !closed));
    });
  }
}
