// A jumper between pins, and the count that a program reads, without a program.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '../src/bench.mjs';
import Jumper from '../src/models/jumper.mjs';
import { answer } from '../src/semihosting.mjs';

test('a pin follows the one that it is wired to, and no other', () => {
  const bench = new Bench();
  const jumper = new Jumper(bench, { from: 14, to: 15 });
  for (const level of [false, true, false]) {
    bench.drive(14, level);
    bench.drive(13, !level);
    assert.equal(bench.level(15), level);
  }
  assert.deepEqual(jumper.state(), { changes: 2, bytes: 0 });
});

test('what a UART sends it receives', () => {
  const received = [];
  const uart = { receive: (byte) => received.push(byte) };
  const jumper = new Jumper({ mcu: { uart: [{}, uart] } }, { uart: 1 });
  [1, 2].forEach((byte) => uart.onByte(byte));
  assert.deepEqual(received, [1, 2]);
  assert.deepEqual(jumper.state(), { changes: 0, bytes: 2 });
});

test('a program reads the number of instructions as two words, the lower one first', () => {
  const words = {};
  const memory = { setWord: (at, word) => (words[at] = word) };
  assert.equal(answer([0x30, 400], memory, { elapsed: () => 2 ** 33 + 7 }), 0);
  assert.deepEqual(words, { 400: 7, 404: 2 });
});
