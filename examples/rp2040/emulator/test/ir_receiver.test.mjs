// The receiver module against its data sheet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import IrReceiver from '../src/models/ir_receiver.mjs';
import { Bench } from '../src/bench.mjs';

const [LIGHT, OUTPUT] = [16, 14];

/** What the module makes of bursts: how many cycles, at how many kHz. In between is a millisecond. */
function received(bursts, percent = 33) {
  const bench = new Bench();
  const module = new IrReceiver(bench, { light: LIGHT, pin: OUTPUT });
  bench.drive(LIGHT, false);
  for (const [cycles, khz] of bursts) {
    for (let cycle = 0; cycle < cycles; cycle++) {
      bench.drive(LIGHT, true);
      bench.pass((10 * percent) / khz);
      bench.drive(LIGHT, false);
      bench.pass((10 * (100 - percent)) / khz);
    }
    bench.pass(1_000);
  }
  const edges = bench.edges.filter(({ pin }) => pin === OUTPUT);
  return { edges, state: module.state() };
}

test('a burst is as long as it was, and 9 cycles late', () => {
  const { edges, state } = received([[21, 38]]);
  assert.deepEqual(edges.map(({ level }) => level), [false, true]);
  const [fell, rose] = edges.map(({ at }) => Math.round(at));
  assert.equal(fell, Math.round(9_000 / 38));
  assert.ok(Math.abs(rose - fell - 21_000 / 38) <= 1);
  assert.deepEqual(state, { low: false, bursts: 1, khz: 38, percent: 33 });
});

test('short bursts and other carriers are not seen', () => {
  for (const burst of [[9, 38], [50, 33], [50, 56]]) {
    assert.deepEqual(received([burst]).edges, [], burst.join(' cycles at kHz '));
  }
  assert.equal(received([[50, 36.5], [50, 39.5]]).edges.length, 4);
});

test('it tells how long the light is on', () => {
  assert.equal(received([[100, 38]], 50).state.percent, 50);
});
