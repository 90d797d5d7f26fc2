// The models that answer, and what the data sheets say of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '../src/bench.mjs';
import { Gps, sum } from '../src/models/gps.mjs';
import { Hd44780 } from '../src/models/hd44780.mjs';
import { Htu21d, checksum, signal } from '../src/models/htu21d.mjs';

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

const [RS, E, ...DATA] = [16, 17, 18, 19, 20, 21];

/** A display, and hands that move its pins. */
function display(options = {}) {
  const bench = new Bench();
  for (const pin of [RS, E, ...DATA]) bench.drive(pin, false);
  const lcd = new Hd44780(bench, { rs: RS, e: E, data: DATA, ...options });
  const nibble = (bits, isData = false) => {
    bench.drive(RS, isData);
    DATA.forEach((pin, i) => bench.drive(pin, Boolean((bits >> i) & 1)));
    bench.pass(0.55);
    bench.drive(E, true);
    bench.pass(0.45);
    bench.drive(E, false);
    bench.pass(0.02);
  };
  const byte = (value, { wait = 50, isData = false } = {}) => {
    nibble(value >> 4, isData);
    nibble(value & 15, isData);
    bench.pass(wait);
  };
  const text = (letters) => [...letters].forEach((letter) => byte(letter.charCodeAt(0), { isData: true }));
  const init = () => {
    bench.pass(40_000);
    for (const wait of [4_100, 100, 50]) {
      nibble(3);
      bench.pass(wait);
    }
    nibble(2);
    bench.pass(50);
    for (const value of [0x28, 0x08, 0x06, 0x0c]) byte(value);
    byte(0x01, { wait: 1_600 });
  };
  const told = () => lcd.state().violations.map(({ what }) => what.replace(/\d+ us/, 'some us'));
  return { bench, lcd, nibble, byte, text, init, told };
}

test('a display shows what it is told after the initialisation by instruction', () => {
  const { lcd, text, byte, init, told } = display();
  init();
  text('Hello');
  byte(0xc5);
  text('21.5');
  byte(0xdf, { isData: true });
  assert.deepEqual(lcd.state().rows, ['Hello           ', '     21.5°      ']);
  assert.deepEqual(told(), []);
});

test('four rows are two lines, each in two pieces', () => {
  const { lcd, text, byte, init } = display({ columns: 20, rows: 4 });
  init();
  text('a');
  for (const [at, letter] of [[0x40, 'b'], [0x14, 'c'], [0x54, 'd'], [0x27, 'e'], [0x67, 'g']]) {
    byte(0x80 | at);
    text(letter);
  }
  text('A'); // Behind the last cell comes the first.
  assert.deepEqual(lcd.state().rows.map((row) => row.replaceAll(' ', '.')), [
    `A${'.'.repeat(19)}`,
    `b${'.'.repeat(19)}`,
    `c${'.'.repeat(18)}e`,
    `d${'.'.repeat(18)}g`,
  ]);
});

test('what is told too soon is lost, and is a violation', () => {
  const late = 'spoken to some us too soon';
  const cleared = display();
  cleared.init();
  cleared.byte(0x01, { wait: 1_400 });
  cleared.nibble(8);
  assert.deepEqual(cleared.told(), [late]);

  const slow = display({ khz: 190 });
  slow.init();
  slow.byte(0x01, { wait: 2_000 });
  slow.nibble(8);
  assert.ok(slow.told().includes(late), '1.52 ms at 270 kHz are 2.16 at 190');

  const early = display();
  early.bench.pass(30_000);
  early.nibble(3);
  assert.deepEqual(early.told(), [late]);

  const hasty = display();
  hasty.bench.pass(40_000);
  hasty.nibble(3);
  hasty.bench.pass(4_000);
  hasty.nibble(3);
  assert.deepEqual(hasty.told(), [late]);
});

test('the pulse on E is as long as the data sheet wants it', () => {
  const { bench, init, told } = display();
  init();
  const pulse = (low, high) => {
    bench.pass(low);
    bench.drive(E, true);
    bench.pass(high);
    bench.drive(E, false);
  };
  pulse(100, 0.44);
  assert.deepEqual(told(), ['E was high too short']);
  pulse(0.5, 0.45);
  assert.deepEqual(told().slice(1), ['E rose again too soon']);
});

test('RS and the data are held for as long as the data sheet wants it', () => {
  const { bench, init, told } = display();
  init();
  const pulse = (pin, hold) => {
    bench.pass(100);
    bench.drive(E, true);
    bench.pass(0.45);
    bench.drive(E, false);
    bench.pass(hold);
    bench.drive(pin, !bench.level(pin));
  };
  pulse(RS, 0.02);
  pulse(DATA[0], 0.01);
  assert.deepEqual(told(), []);
  pulse(RS, 0.016);
  pulse(DATA[3], 0.008);
  assert.deepEqual(told(), ['RS moved too soon after E fell', 'data moved too soon after E fell']);
});

test('a display that was left in the middle of a byte is spoken to anew', () => {
  const { lcd, init, text, told } = display({ start: 'half' });
  init();
  text('ok');
  assert.equal(lcd.state().rows[0].trim(), 'ok');
  assert.deepEqual(told(), []);
});

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
