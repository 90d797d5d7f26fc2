// The device that answers, without a processor.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '../src/bench.mjs';
import HalfDuplex from '../src/models/half_duplex.mjs';

test('a device answers a whole command with four lines, unless it is deaf', () => {
  const bench = new Bench();
  let heard = '';
  const uart = { bitNanos: 1e9 / 9_600, receive: (byte) => (heard += String.fromCharCode(byte)) };
  bench.mcu = { uart: [uart] };
  const device = new HalfDuplex(bench);
  const send = (text) => [...Buffer.from(text)].forEach((byte) => uart.onByte(byte));
  send('Run\r');
  bench.pass(2e6);
  assert.equal(heard, '');
  send('\n');
  bench.pass(350_000);
  assert.equal(heard, 'Line 1\r\nLine 2\r\n');
  bench.pass(1e6);
  assert.equal(heard, 'Line 1\r\nLine 2\r\nLine 3\r\nGoodbye\r\n');
  heard = '';
  device.deaf(1);
  send('Run\r\n');
  bench.pass(2e6);
  assert.equal(heard, '');
  device.double(1);
  send('Run\r\n');
  bench.pass(4e6);
  assert.equal(heard.length, 66);
  assert.deepEqual(device.state(), { commands: 3, heard: '' });
});
