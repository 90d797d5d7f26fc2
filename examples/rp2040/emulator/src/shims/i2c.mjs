// The I2C controller of rp2040js 1.4.1 has an interrupt mask that cannot be
// written, and two interrupts that stay as they were when the queues or their
// marks change (RP2040 datasheet, 4.3.17: IC_INTR_MASK, RX_FULL, TX_EMPTY), also
// where an abort empties the queue. Where a transfer begins with a command that
// has RESTART, it addresses the device twice: that bit is for a transfer that is
// already going on (IC_DATA_CMD). Where a command turns from writing to reading
// without that bit, it does not address the device again.

const [DATA_CMD, INTR_MASK, RX_MARK, TX_MARK] = [0x10, 0x30, 0x38, 0x3c];
const [READ, STOP, RESTART] = [1 << 8, 1 << 9, 1 << 10];
const [RX_FULL, TX_EMPTY] = [1 << 2, 1 << 4];
const MASK = 0x1fff;

export function shimI2c(i2c) {
  const [write, abort, connected] = [i2c.writeUint32, i2c.abort, i2c.completeConnect].map((it) => it.bind(i2c));
  /** Whether the last command of this transfer reads; null before the first. */
  let reads = null;
  const turned = (command) => {
    const now = (command & READ) !== 0;
    const turns = reads !== null && reads !== now;
    reads = command & STOP ? null : now;
    return turns ? command | RESTART : command;
  };
  const put = (bit, on) => {
    if (on) i2c.intRaw |= bit;
    else i2c.intRaw &= ~bit;
  };
  const settle = () => {
    put(RX_FULL, i2c.rxFIFO.itemCount > i2c.rxThreshold);
    put(TX_EMPTY, i2c.txFIFO.itemCount <= i2c.txThreshold);
    i2c.checkInterrupts();
  };
  i2c.writeUint32 = (offset, value) => {
    if (offset === INTR_MASK) i2c.intEnable = value & MASK;
    else write(offset, offset === DATA_CMD ? turned(value) : value);
    if ([INTR_MASK, RX_MARK, TX_MARK].includes(offset)) settle();
  };
  i2c.abort = (reason) => {
    abort(reason);
    reads = null;
    settle();
  };
  i2c.completeConnect = (...told) => {
    i2c.pendingRestart = true;
    connected(...told);
  };
}
