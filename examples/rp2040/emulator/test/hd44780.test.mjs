// The display, read back against its data sheet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '../src/bench.mjs';
import Hd44780 from '../src/models/hd44780.mjs';

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
