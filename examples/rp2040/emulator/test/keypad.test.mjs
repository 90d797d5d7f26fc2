// The keypad: which columns are low, by the rows that are low and the keys that are closed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '../src/bench.mjs';
import Keypad from '../src/models/keypad.mjs';

const ROWS = [2, 3, 4, 5];
const COLUMNS = [6, 7, 8, 9];

/** Presses keys, drives rows low, and expects low columns. */
function check(keys, lowRows, lowColumns, settings = {}) {
  const bench = new Bench();
  const keypad = new Keypad(bench, { rows: ROWS, columns: COLUMNS, ...settings });
  for (const [row, column] of keys) keypad.press(row, column);
  bench.pass(10_000);
  for (const row of lowRows) bench.drive(ROWS[row], false);
  assert.deepEqual(keypad.state().low, lowColumns);
}

test('a key connects its row and its column', () => {
  check([[1, 2]], [1], [2]);
  check([[1, 2]], [0, 2, 3], []);
  check([], [0, 1, 2, 3], []);
});

test('three corners of a rectangle make the fourth', () => {
  const corners = [[0, 0], [0, 3], [2, 0]];
  check(corners, [2], [0, 3]);
  check(corners, [2], [0], { diodes: true });
});

test('a contact bounces, and ends as it was moved', () => {
  const bench = new Bench();
  const keypad = new Keypad(bench, { rows: ROWS, columns: COLUMNS, seed: 5 });
  bench.drive(ROWS[1], false);
  keypad.tap(1, 1, 100);
  bench.pass(50_000);
  assert.deepEqual(keypad.state(), { down: ['1,1'], low: [1] });
  bench.pass(100_000);
  assert.deepEqual(keypad.state(), { down: [], low: [] });
  const edges = bench.edges.filter(({ pin }) => pin === COLUMNS[1]);
  assert.ok(edges.length > 2 && edges.length % 2 === 0, `${edges.length} edges`);
});
