// A matrix keypad: each key connects a row and a column, and bounces (Adafruit 3844
// and its like: 4 rows of 4 keys, no diodes, up to 5 ms of bounce).
import { bounces, random } from '../random.mjs';

export default class Keypad {
  #board;
  #rows;
  #columns;
  #diodes;
  #chance;
  #bounce;
  /** The keys whose contacts are closed, as `row,column`. */
  #closed = new Set();
  #down = new Set();

  /** Rows have weak pull-ups, so that a row that is released is high. */
  constructor(board, { rows, columns, diodes = false, seed = 1, most = 4, micros = 5_000, name = 'keypad' }) {
    this.#board = board;
    this.#rows = rows;
    this.#columns = columns;
    this.#diodes = diodes;
    this.#chance = random(seed);
    this.#bounce = { most, micros };
    rows.forEach((pin, row) => board.name(pin, `${name}_row${row}`));
    columns.forEach((pin, column) => board.name(pin, `${name}_column${column}`));
    for (const pin of [...rows, ...columns]) board.drive(pin, true);
    board.watch((pin) => {
      if (rows.includes(pin)) this.#connect();
    });
    this.#connect();
  }

  // Stimuli.

  press(row, column) {
    this.#move(row, column, true);
  }

  release(row, column) {
    this.#move(row, column, false);
  }

  /** Down for so long. */
  tap(row, column, millis) {
    this.press(row, column);
    this.#board.after(millis * 1000, () => this.release(row, column));
  }

  /** `low`: the columns that are low now. */
  state() {
    const low = this.#columns.flatMap((pin, column) => (this.#board.level(pin) ? [] : [column]));
    return { down: [...this.#down].sort(), low };
  }

  #move(row, column, down) {
    const key = `${row},${column}`;
    if (this.#down.has(key) === down) return;
    if (down) this.#down.add(key);
    else this.#down.delete(key);
    bounces(this.#chance, this.#bounce).forEach((micros, turn) => {
      const closed = (turn % 2 === 0) === down;
      this.#board.after(micros, () => {
        if (closed) this.#closed.add(key);
        else this.#closed.delete(key);
        this.#connect();
      });
    });
  }

  /** Makes each column low to which current can flow from a row that is low. */
  #connect() {
    const edges = [...this.#closed].map((key) => key.split(',').map(Number));
    const reached = new Set();
    const visit = (node, isRow) => {
      const name = `${isRow ? 'row' : 'column'}${node}`;
      if (reached.has(name)) return;
      reached.add(name);
      if (!isRow && this.#diodes) return;
      for (const [row, column] of edges) {
        if (isRow && row === node) visit(column, false);
        if (!isRow && column === node) visit(row, true);
      }
    };
    this.#rows.forEach((pin, row) => {
      if (!this.#board.level(pin)) visit(row, true);
    });
    this.#columns.forEach((pin, column) => this.#board.drive(pin, !reached.has(`column${column}`)));
  }
}
