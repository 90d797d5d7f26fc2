// The thermometer, read back against its data sheet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '../src/bench.mjs';
import Htu21d, { checksum, signal } from '../src/models/htu21d.mjs';

/** A bench with one bus, to which a device is attached. */
function bus() {
  const bench = new Bench();
  const devices = new Map();
  bench.buses = new Map([[0, { attach: (address, device) => devices.set(address, device) }]]);
  const transfer = (read, bytes) => {
    const device = devices.get(0x40);
    if (!device.connect(read)) return null;
    const answer = read ? Array.from({ length: bytes }, () => device.read()) : bytes.map((byte) => device.write(byte));
    device.stop();
    return answer;
  };
  return { bench, write: (...bytes) => transfer(false, bytes), read: (length) => transfer(true, length) };
}

test('checksums are those of the data sheet', () => {
  assert.deepEqual([checksum([0xdc]), checksum([0x68, 0x3a]), checksum([0x4e, 0x85])], [0x79, 0x7c, 0x6b]);
});

test('signals are those of the conversion formulas', () => {
  // What was measured with a real one: 0x66f0 is 23.81 degrees, 0x742c 50.72 %.
  assert.deepEqual([signal.celsius(23.815), signal.percent(50.725)], [0x66f0, 0x742c]);
  assert.deepEqual([signal.celsius(-300), signal.celsius(300)], [0, 0xfffc]);
});

test('a sensor refuses its address for as long as it measures', () => {
  const { bench, write, read } = bus();
  new Htu21d(bench, { celsius: 23.815, percent: 50.725, slow: true });
  assert.deepEqual(write(0xf3), [true]);
  bench.pass(49_900);
  assert.equal(read(3), null);
  bench.pass(200);
  assert.deepEqual(read(3), [0x66, 0xf0, 0x8d]);
  assert.equal(read(3), null, 'a result is read once');
  write(0xf5);
  bench.pass(16_000);
  assert.deepEqual(read(3), [0x74, 0x2e, 0x21], 'a humidity has its status bit');
});

test('the resolution shortens results and times', () => {
  const { bench, write, read } = bus();
  new Htu21d(bench, { celsius: 23.815, slow: true });
  assert.deepEqual(write(0xe6, 0x03), [true, true]); // 8 and 12 bits.
  write(0xe7);
  assert.deepEqual(read(1), [0x03]);
  write(0xf3);
  bench.pass(13_000);
  assert.deepEqual(read(3).slice(0, 2), [0x66, 0xf0]);
  write(0xfe);
  assert.equal(write(0xe7), null, 'it takes 15 ms to start again');
  bench.pass(15_000);
  write(0xe7);
  assert.deepEqual(read(1), [0x02]);
});

test('faults come when they are ordered, and go', () => {
  const { bench, write, read } = bus();
  const sensor = new Htu21d(bench);
  sensor.refuse(2);
  assert.deepEqual([write(0xf3), write(0xf3), write(0xf3)], [null, null, [true]]);
  bench.pass(50_000);
  sensor.garble(1);
  const [high, low, check] = read(3);
  assert.notEqual(checksum([high, low]), check);
  sensor.unplug();
  assert.equal(write(0xf3), null);
  sensor.plug();
  bench.pass(15_000);
  assert.deepEqual(write(0xf3), [true]);
  assert.deepEqual(write(0x55), null, 'it measures');
});
