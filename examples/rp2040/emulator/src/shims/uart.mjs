// The UART of rp2040js 1.4.1 has no DMA register (it reads all ones), no FIFO
// marks, a transmit interrupt that nothing clears, no receive timeout, and sends
// a byte in no time. This puts in front of it what the PrimeCell UART (PL011)
// Technical Reference Manual, DDI 0183, sections 2.4 and 3.3, says.

const [DR, FR, IFLS, RIS, MIS, ICR, DMACR] = [0x00, 0x18, 0x34, 0x3c, 0x40, 0x44, 0x48];
const [RX, TX, TIMEOUT, OVERRUN] = [1 << 4, 1 << 5, 1 << 6, 1 << 10];
const DEPTH = 32;
/** Eighths of the queue's depth, by the fields of IFLS. */
const MARKS = [4, 8, 16, 24, 28];
/** The line must be quiet for so many bit times with something in the queue. */
const QUIET_BITS = 32;

/**
 * Afterwards `uart.receive(byte)` is called by who has sent a byte whole, and
 * `uart.onByte(byte)` when one has left. `uart.bitNanos` is the length of a bit,
 * zero as long as none is set.
 */
export function shimUart(uart) {
  const read = uart.readUint32.bind(uart);
  const write = uart.writeUint32.bind(uart);
  const { clock } = uart.rp2040;
  const sent = [];
  let [status, marks, dma, leaving] = [0, 0x12, 0, false];

  const update = () => uart.rp2040.setInterrupt(uart.irq, (status & uart.interruptMask) !== 0);
  const raise = (bits) => {
    status |= bits;
    update();
  };
  const clear = (bits) => {
    status &= ~bits;
    update();
  };
  const rxMark = () => (uart.fifosEnabled ? (MARKS[(marks >> 3) & 7] ?? 16) : 1);
  const txMark = () => (uart.fifosEnabled ? (MARKS[marks & 7] ?? 16) : 0);
  const quiet = clock.createAlarm(() => {
    if (!uart.rxFIFO.empty) raise(TIMEOUT);
  });
  const shifted = clock.createAlarm(() => {
    leaving = false;
    uart.onByte?.(sent.shift());
    if (sent.length === txMark()) raise(TX);
    transmit();
  });
  const transmit = () => {
    if (leaving || sent.length === 0 || !uart.enabled || !uart.txEnabled) return;
    leaving = true;
    shifted.schedule(10 * uart.bitNanos);
  };

  Object.defineProperty(uart, 'bitNanos', {
    get: () => (uart.baudDivider ? (16e9 * uart.baudDivider) / uart.rp2040.clkPeri : 0),
  });
  uart.checkInterrupts = update;
  uart.receive = (byte) => {
    if (!uart.enabled || !uart.rxEnabled) return;
    if (uart.rxFIFO.full) return raise(OVERRUN);
    uart.rxFIFO.push(byte);
    quiet.schedule(QUIET_BITS * uart.bitNanos);
    if (uart.rxFIFO.itemCount >= rxMark()) raise(RX);
  };
  uart.readUint32 = (offset) => {
    const { full, empty } = uart.rxFIFO;
    switch (offset) {
      case DR: {
        const byte = uart.rxFIFO.pull();
        const done = (uart.rxFIFO.itemCount < rxMark() ? RX : 0) | (uart.rxFIFO.empty ? TIMEOUT : 0);
        clear(done);
        return byte;
      }
      case FR:
        return (
          (sent.length ? 1 << 3 : 1 << 7) | (empty ? 1 << 4 : 0) | (sent.length >= DEPTH ? 1 << 5 : 0) | (full ? 1 << 6 : 0)
        );
      case IFLS:
        return marks;
      case RIS:
        return status;
      case MIS:
        return status & uart.interruptMask;
      case DMACR:
        return dma;
      default:
        return read(offset);
    }
  };
  uart.writeUint32 = (offset, value) => {
    switch (offset) {
      case DR:
        if (sent.length < DEPTH) sent.push(value & 0xff);
        if (sent.length > txMark()) clear(TX);
        return transmit();
      case IFLS:
        marks = value & 0x3f;
        return undefined;
      case ICR:
        return clear(uart.rawWriteValue);
      case DMACR:
        dma = value & 7;
        return undefined;
      default:
        return write(offset, value);
    }
  };
}
