// The I2C controller, driven as a HAL drives it that blocks. RP2040 datasheet, 4.3.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RP2040 } from 'rp2040js';
import { shimI2c } from '../src/shims/i2c.mjs';

const [TAR, DATA_CMD, RAW_INTR_STAT, CLR_STOP_DET, ENABLE] = [0x04, 0x10, 0x34, 0x60, 0x6c];
const [READ, STOP, RESTART] = [1 << 8, 1 << 9, 1 << 10];
const TX_EMPTY = 1 << 4;

/** A controller whose device acknowledges its address, or not; and the words on its wires. */
function controller(acknowledges) {
  const i2c = new RP2040().i2c[0];
  shimI2c(i2c);
  const words = [];
  i2c.onStart = (again) => {
    words.push(again ? 'again' : 'start');
    i2c.completeStart();
  };
  i2c.onConnect = () => i2c.completeConnect(acknowledges);
  i2c.onWriteByte = (byte) => {
    words.push(byte);
    i2c.completeWrite(true);
  };
  i2c.onReadByte = () => {
    words.push('read');
    i2c.completeRead(0x42);
  };
  i2c.onStop = () => {
    words.push('stop');
    i2c.completeStop();
  };
  i2c.writeUint32(TAR, 0x40);
  i2c.writeUint32(ENABLE, 1);
  const command = (...commands) => {
    for (const value of commands) i2c.writeUint32(DATA_CMD, value);
    i2c.readUint32(CLR_STOP_DET);
    return words.splice(0);
  };
  return { i2c, command };
}

test('a transfer that begins with a repeated start addresses its device once', () => {
  const { command } = controller(true);
  assert.deepEqual(command(0xf3 | STOP), ['start', 0xf3, 'stop']);
  assert.deepEqual(command(RESTART | READ | STOP), ['start', 'read', 'stop']);
});

test('a read after a write in one transfer begins with a repeated start', () => {
  const { command } = controller(true);
  const words = ['start', 0xe7, 'again', 'read', 'stop'];
  assert.deepEqual(command(0xe7, RESTART | READ | STOP), words);
});

test('a command that turns to reading addresses the device again', () => {
  const { command } = controller(true);
  assert.deepEqual(command(0xe7, READ | STOP), ['start', 0xe7, 'again', 'read', 'stop']);
  assert.deepEqual(command(0xe7, 0x02 | STOP, READ | STOP), ['start', 0xe7, 0x02, 'stop', 'start', 'read', 'stop']);
});

test('an address that is refused leaves an empty queue', () => {
  const { i2c, command } = controller(false);
  assert.deepEqual(command(0xf3 | STOP), ['start', 'stop']);
  assert.equal(i2c.readUint32(RAW_INTR_STAT) & TX_EMPTY, TX_EMPTY);
});
