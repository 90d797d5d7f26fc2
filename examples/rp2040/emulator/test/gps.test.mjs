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

test('a receiver is heard and hears at its own speed, which a command changes', () => {
  const bench = new Bench();
  let heard = '';
  let errors = 0;
  const uart = {
    bitNanos: 1e9 / 9_600,
    receive: (byte) => {
      if (byte > 0xff) errors++;
      else heard += String.fromCharCode(byte);
    },
  };
  bench.mcu = { uart: [uart] };
  const gps = new Gps(bench, { baud: 9_600 });
  const tell = (text) => [...Buffer.from(text)].forEach((byte) => uart.onByte(byte));
  const hears = (micros) => {
    [heard, errors] = ['', 0];
    bench.pass(micros);
    return [heard, errors];
  };
  const sentence = '$GPGLL,4916.45,N,12311.12,W,225444,A*31\r\n';
  for (let second = 0; second < 9; second++) bench.after(second * 1e6, () => gps.raw(sentence));
  assert.deepEqual(hears(500_000), [sentence, 0]);
  tell('$PMTK000*32\r\n');
  assert.deepEqual(hears(100_000), ['$PMTK001,0,3*30\r\n', 0]);
  tell('$PMTK251,115200*1E\r\n'); // A wrong checksum.
  assert.deepEqual(hears(1_000_000), [sentence, 0]);
  tell('$PMTK251,115200*1F\r\n');
  assert.deepEqual(hears(1_000_000), ['', sentence.length]);
  tell('$PMTK251,9600*17\r\n'); // At a speed at which it does not hear.
  uart.bitNanos = 1e9 / 115_200;
  assert.deepEqual(hears(1_000_000), [sentence, 0]);
  const { baud, commands } = gps.state();
  assert.deepEqual([baud, commands], [115_200, 2]);
  gps.forget();
  gps.disobey();
  uart.bitNanos = 1e9 / 9_600;
  tell('$PMTK251,115200*1F\r\n');
  assert.deepEqual(hears(1_000_000), [sentence, 0]);
});
