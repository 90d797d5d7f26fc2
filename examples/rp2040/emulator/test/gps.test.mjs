// The receiver, read back against its data sheet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '../src/bench.mjs';
import Gps, { sum } from '../src/models/gps.mjs';

test('a receiver takes its time for each byte', () => {
  const bench = new Bench();
  const heard = [];
  const uart = { bitNanos: 1e9 / 9_600, receive: (byte) => heard.push([Math.round(bench.micros), byte]) };
  bench.mcu = { uart: [uart] };
  const gps = new Gps(bench, { baud: 9_600 });
  gps.raw('ab');
  bench.pass(10_000);
  assert.deepEqual(heard, [[1_042, 0x61], [2_083, 0x62]]);
  gps.garble(1);
  gps.raw('a');
  bench.pass(10_000);
  assert.equal(heard[2][1], 0x65);
  uart.bitNanos = 1e9 / 4_800; // Nobody understands a receiver at another speed.
  gps.raw('a');
  bench.pass(10_000);
  assert.notEqual(heard[3][1], 0x61);
  assert.equal(sum('GPGLL,4250.5589,S,14718.5084,E,092204.999,A'), '2D');
});
