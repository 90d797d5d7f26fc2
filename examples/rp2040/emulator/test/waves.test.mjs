// The models that only make waves, read back against their data sheets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import AdcRamp from '../src/models/adc.mjs';
import Button from '../src/models/button.mjs';
import Encoder from '../src/models/encoder.mjs';
import NecRemote, { REPEAT, frame } from '../src/models/nec.mjs';
import Pps from '../src/models/pps.mjs';
import { Bench } from '../src/bench.mjs';

test('a second pulse rises once a second and is high for 100 ms', () => {
  const bench = new Bench();
  const pps = new Pps(bench, { pin: 2 });
  pps.start();
  bench.pass(3_500_000);
  pps.stop();
  bench.pass(2_000_000);
  const ups = bench.edges.filter(({ level }) => level).map(({ at }) => at);
  const downs = bench.edges.filter(({ level }) => !level).map(({ at }) => at);
  assert.deepEqual(ups, [0, 1e6, 2e6, 3e6]);
  assert.deepEqual(downs, [1e5, 11e5, 21e5, 31e5]);
});

test('a slow clock sees the seconds come early', () => {
  const bench = new Bench();
  new Pps(bench, { pin: 2, drift_ppm: 50 }).start();
  bench.pass(1_500_000);
  assert.deepEqual(bench.edges.filter(({ level }) => level).map(({ at }) => at), [0, 999_950]);
});

/** Marks and spaces on a pin that idles high, by what is between its edges. */
function spans(edges) {
  return edges.slice(1).map(({ at }, i) => at - edges[i].at);
}

/** A frame's four bytes: the times are those of the data sheet, within 1 us. */
function decode(times) {
  const near = (time, wanted) => Math.abs(time - wanted) < 1;
  assert.ok(near(times[0], 9_000) && near(times[1], 4_500), 'the leader');
  const bytes = [0, 0, 0, 0];
  for (let bit = 0; bit < 32; bit++) {
    const [mark, space] = times.slice(2 + 2 * bit, 4 + 2 * bit);
    assert.ok(near(mark, 562.5), `mark ${bit}: ${mark}`);
    assert.ok(near(space, 562.5) || near(space, 1_687.5), `space ${bit}: ${space}`);
    if (space > 1_125) bytes[bit >> 3] |= 1 << (bit & 7);
  }
  assert.ok(near(times[66], 562.5), 'the last mark');
  return bytes;
}

test('a remote control sends address and command with their complements, lowest bit first', () => {
  const bench = new Bench();
  new NecRemote(bench, { pin: 14 }).press(0x40, 0x81);
  bench.pass(100_000);
  assert.equal(bench.edges.length, 68);
  assert.deepEqual(decode(spans(bench.edges)), [0x40, 0xbf, 0x81, 0x7e]);
  const last = bench.edges.at(-1).at;
  assert.ok(Math.abs(last - 68_062.5) < 1, `it lasts ${last} us`);
});

test('an extended address is sent as it is', () => {
  const bench = new Bench();
  new NecRemote(bench, { pin: 14 }).press(0x1234, 0xa5);
  bench.pass(100_000);
  assert.deepEqual(decode(spans(bench.edges)), [0x34, 0x12, 0xa5, 0x5a]);
  assert.equal(frame(0xffff, 0xff).reduce((sum, span) => sum + span), 77_062.5); // The longest there is.
});

test('a key that is held repeats every 108 ms', () => {
  const bench = new Bench();
  const remote = new NecRemote(bench, { pin: 14 });
  remote.press(0x59, 0x16, 2);
  bench.pass(400_000);
  assert.equal(bench.edges.length, 68 + 4 + 4);
  assert.deepEqual([bench.edges[68].at, bench.edges[72].at], [108_000, 216_000]);
  assert.deepEqual(spans(bench.edges.slice(68, 72)), [9_000, 2_250, 562.5]);
  assert.equal(REPEAT.reduce((sum, span) => sum + span), 11_812.5);
  assert.equal(remote.state().frames, 3);
});

test('a demodulator may make marks longer, and spaces shorter by as much', () => {
  const bench = new Bench();
  new NecRemote(bench, { pin: 14, stretch: 80 }).press(0, 0);
  bench.pass(100_000);
  const times = spans(bench.edges).map((span) => Math.round(10 * span) / 10);
  assert.deepEqual(times.slice(0, 4), [9_080, 4_420, 642.5, 482.5]);
});

/** What a full quadrature decoder counts: sums of +1 and -1, and jumps. */
function count(edges, [a, b]) {
  const turn = { '11': 0, '01': 1, '00': 2, '10': 3 }; // Open contacts are high.
  const levels = { [a]: 1, [b]: 1 };
  let [at, sum, illegal] = [0, 0, 0];
  for (const { pin, level } of edges) {
    levels[pin] = Number(level);
    const next = turn[`${levels[a]}${levels[b]}`];
    const step = (next - at + 4) % 4;
    if (step === 2) illegal++;
    sum += step === 3 ? -1 : step;
    at = next;
  }
  return { sum, illegal };
}

test('an encoder goes through four quarters a detent, forwards and back', () => {
  const bench = new Bench();
  const encoder = new Encoder(bench, { a: 12, b: 13, micros: 0 });
  encoder.turn(3);
  bench.pass(500_000);
  assert.equal(bench.edges.length, 12);
  assert.deepEqual(count(bench.edges, [12, 13]), { sum: 12, illegal: 0 });
  encoder.turn(-5);
  bench.pass(500_000);
  assert.deepEqual(count(bench.edges, [12, 13]), { sum: -8, illegal: 0 });
  assert.deepEqual(encoder.state(), { detents: -2, quarters: -8 });
});

test('an encoder that bounces ends where one does that does not, and never jumps', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const bench = new Bench();
    new Encoder(bench, { a: 12, b: 13, seed }).turn(4);
    bench.pass(1_000_000);
    assert.deepEqual(count(bench.edges, [12, 13]), { sum: 16, illegal: 0 }, `seed ${seed}`);
    assert.equal(bench.edges.length % 2, 0);
  }
  const bench = new Bench();
  new Encoder(bench, { a: 12, b: 13, seed: 1 }).turn(4);
  bench.pass(1_000_000);
  assert.ok(bench.edges.length > 16, 'it does bounce');
});

test('a button is quiet 6 ms after each change, as it was pressed', () => {
  let most = 0;
  for (let seed = 1; seed <= 50; seed++) {
    const bench = new Bench();
    new Button(bench, { pin: 15, seed }).tap(100);
    bench.pass(50_000);
    const pressed = bench.edges.length;
    assert.ok(pressed % 2 === 1 && !bench.level(15) && bench.edges.at(-1).at <= 6_000, `seed ${seed}`);
    bench.pass(100_000);
    assert.ok(bench.level(15) && bench.edges.at(-1).at <= 106_000, `seed ${seed}`);
    assert.equal(bench.edges[pressed].at, 100_000);
    most = Math.max(most, pressed);
  }
  assert.equal(most, 9); // Four times open and closed again.
});

test('a ramp is a straight line, and stays at its end', () => {
  const bench = new Bench();
  const adc = new AdcRamp(bench, { value: 1_000 });
  adc.ramp(3_000, 100);
  const seen = [0, 25, 50, 75, 100, 125].map((millis) => {
    bench.pass(millis * 1000 - bench.micros);
    return adc.value;
  });
  assert.deepEqual(seen, [1_000, 1_500, 2_000, 2_500, 3_000, 3_000]);
  adc.set(9_999);
  assert.equal(adc.value, 4_095); // Twelve bits.
});
