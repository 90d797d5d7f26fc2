// The receiver that changes its speed, read back against the packet command manual.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '../src/bench.mjs';
import GpsMtk from '../src/models/gps_mtk.mjs';

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
  const gps = new GpsMtk(bench, { baud: 9_600 });
  const tell = (text) => [...Buffer.from(text)].forEach((byte) => uart.onByte(byte));
  const hears = (micros) => {
    [heard, errors] = ['', 0];
    bench.pass(micros);
    return [heard, errors];
  };
  const sentence = '$GPGLL,4916.45,N,12311.12,W,225444,A*31\r\n';
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
  assert.deepEqual(gps.state(), { baud: 115_200, commands: ['PMTK000', 'PMTK251,115200'] });
  gps.forget();
  gps.deafen();
  uart.bitNanos = 1e9 / 9_600;
  tell('$PMTK251,115200*1F\r\n');
  assert.deepEqual(hears(1_000_000), [sentence, 0]);
});
