// A light on a pin: when it changed.

export default class Led {
  #levels = [];
  #board;
  #pin;

  constructor(board, { pin = 25, name = 'led' } = {}) {
    this.#board = board;
    this.#pin = pin;
    board.name(pin, name);
    board.watch((moved, level, nanos) => {
      if (moved === pin) this.#levels.push({ at: nanos / 1000, level });
    });
  }

  /** `shortest` and `longest`: between two changes, in microseconds. */
  state() {
    const spans = this.#levels.slice(1).map(({ at }, i) => at - this.#levels[i].at);
    return {
      on: this.#board.level(this.#pin),
      changes: this.#levels.length,
      shortest: Math.min(...spans),
      longest: Math.max(...spans),
    };
  }
}
