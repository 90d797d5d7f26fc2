// The converter, read back against its data sheet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '../src/bench.mjs';
import Mcp3008 from '../src/models/mcp3008.mjs';

/** A converter, and a function that sends bytes to it at a clock. */
function wired(settings) {
  const bench = new Bench();
  let device;
  bench.spiBuses = new Map([[0, { attach: (_, attached) => (device = attached) }]]);
  const chip = new Mcp3008(bench, settings);
  const send = (bytes, hertz = 1_000_000) => {
    device.select();
    const answer = bytes.map((byte) => device.exchange(byte, hertz));
    device.deselect();
    return answer;
  };
  return { chip, send };
}

const request = (bits) => [0x01, bits << 4, 0x00];

test('a conversion is that of figure 6-1', () => {
  const { chip, send } = wired({ volts: [1.65], reference: 3.3 });
  assert.deepEqual(send(request(0b1000)), [0xff, 0b1111_1010, 0b0000_0000]);
  assert.deepEqual(chip.state(), { conversions: 1, violations: 0 });
});

test('after the lowest bit come the others once more, and zeros', () => {
  const { send } = wired({ volts: [0b10_0110_1010 + 0.5], reference: 1024 });
  assert.deepEqual(send([...request(0b1000), 0, 0, 0]).slice(1), [0xfa, 0x6a, 0b1010_1100, 0b1000_0000, 0]);
});

test('the inputs are those of table 5-2', () => {
  const volts = [100.5, 110.5, 120.5, 130.5, 140.5, 150.5, 160.5, 170.5];
  const { send } = wired({ volts, reference: 1024 });
  for (let bits = 0; bits < 16; bits++) {
    const [, high, low] = send(request(bits));
    const channel = bits & 7;
    const expected = bits & 8 ? 100 + 10 * channel : channel & 1 ? 10 : 0;
    assert.equal(((high & 7) << 8) | low, expected, `${bits}`);
  }
});

test('codes have an end', () => {
  const { chip, send } = wired({ volts: [5, -1], reference: 3.3 });
  assert.deepEqual(send(request(0b1000)).slice(1), [0xfb, 0xff]);
  assert.deepEqual(send(request(0b1001)).slice(1), [0xf8, 0x00]);
  assert.throws(() => chip.set(8, 1), /no channel 8/);
});

test('what it must not be done to it is counted', () => {
  const slow = wired();
  slow.send(request(0b1000), 9_999);
  slow.send(request(0b1000), 10_000);
  assert.equal(slow.chip.state().violations, 3);
  for (const [supply, most] of [
    [3.3, 1_350_000],
    [5, 3_600_000],
  ]) {
    const { chip, send } = wired({ supply });
    send(request(0b1000), most);
    assert.equal(chip.state().violations, 0);
    send(request(0b1000), most + 1);
    assert.equal(chip.state().violations, 3);
  }
  const cut = wired();
  cut.send([]);
  cut.send([0, 0]);
  assert.equal(cut.chip.state().violations, 0);
  cut.send([0x01, 0x80]);
  assert.deepEqual(cut.chip.state(), { conversions: 0, violations: 1 });
});

test('faults come when they are ordered, and go', () => {
  const { chip, send } = wired({ volts: [3.3] });
  chip.unplug();
  assert.deepEqual(send(request(0b1000)), [0xff, 0xff, 0xff]);
  chip.plug();
  chip.short();
  assert.deepEqual(send(request(0b1000)), [0, 0, 0]);
  chip.short(false);
  chip.garble(2);
  assert.deepEqual(send(request(0b1000)), [0x00, 0x04, 0xff]);
  assert.deepEqual(send(request(0b1000)), [0xff, 0xfb, 0xff]);
});
