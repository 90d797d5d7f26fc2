// An incremental encoder with two contacts to ground, a quarter of a cycle apart:
// A leads B clockwise, 4 quarters a detent, and each contact bounces for up to
// 3 ms (Bourns PEC11R data sheet: 24 detents, 24 cycles a turn, 5 ms at 15 rpm).
import { bounces, random } from '../random.mjs';

/** Whether A and B are closed in each quarter, clockwise; the first is a detent. */
const QUARTERS = [
  [false, false],
  [true, false],
  [true, true],
  [false, true],
];

export default class Encoder {
  #board;
  #pins;
  #chance;
  #bounce;
  #per;
  #quarter = 0;

  /** The pins have pull-ups. `micros` of zero is an encoder that does not bounce. */
  constructor(board, { a, b, seed = 1, most = 3, micros = 3_000, quarters = 4, name = 'encoder' }) {
    this.#board = board;
    this.#pins = [a, b];
    this.#chance = random(seed);
    this.#bounce = { most: micros ? most : 0, micros };
    this.#per = quarters;
    board.name(a, `${name}_a`);
    board.name(b, `${name}_b`);
    this.#pins.forEach((pin) => board.drive(pin, true));
  }

  // Stimuli.

  /** Turns by so many detents, clockwise if positive, one in so many milliseconds. */
  turn(detents, { each_ms = 50 } = {}) {
    this.quarters(detents * this.#per, (each_ms * 1000) / this.#per);
  }

  /** Turns by quarters: the way to stop between two detents. */
  quarters(count, each_us = 10_000) {
    for (let i = 0; i < Math.abs(count); i++) this.#board.after(i * each_us, () => this.#step(Math.sign(count)));
  }

  state() {
    return { detents: this.#quarter / this.#per, quarters: this.#quarter };
  }

  #step(by) {
    const before = QUARTERS[this.#quarter & 3];
    this.#quarter += by;
    const after = QUARTERS[this.#quarter & 3];
    const moved = before.findIndex((closed, contact) => closed !== after[contact]);
    bounces(this.#chance, this.#bounce).forEach((micros, turn) => {
      const closed = turn % 2 === 0 ? after[moved] : before[moved];
      this.#board.after(micros, () => this.#board.drive(this.#pins[moved], !closed));
    });
  }
}
