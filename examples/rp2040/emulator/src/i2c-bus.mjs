// The wires of an I2C bus, a byte at a time.

/** Eight bits and the acknowledgement (UM10204, section 3.1.5). */
const BITS = 9;

/**
 * Connects devices to a controller. A device has
 * - `connect(read)`: whether it acknowledges its address,
 * - `write(byte)`: whether it acknowledges a byte,
 * - `read()`: its next byte,
 * - `stop()`, and optionally `stretch()`: for how many microseconds more it holds
 *   the clock low before its first byte.
 */
export class I2cBus {
  #devices = new Map();
  #board;
  #text = '';

  constructor(board, index, { khz = 100 } = {}) {
    const controller = board.mcu.i2c[index];
    const bit = 1000 / khz;
    let device = null;
    this.#board = board;
    controller.onStart = () =>
      board.after(bit, () => {
        this.#note(this.#text ? ' ' : `i2c${index} `);
        controller.completeStart();
      });
    controller.onConnect = (address, mode) =>
      board.after(BITS * bit, () => {
        const asked = this.#devices.get(address);
        // Whom a start without a stop leaves alone hears of it as a stop.
        if (device && device !== asked) device.stop();
        device = asked?.connect(mode === 1) ? asked : null;
        this.#note(hex((address << 1) | mode) + (device ? '' : '!'));
        controller.completeConnect(device !== null);
      });
    controller.onWriteByte = (byte) =>
      board.after(BITS * bit, () => {
        const taken = device?.write(byte) ?? false;
        this.#note(` ${hex(byte)}${taken ? '' : '!'}`);
        controller.completeWrite(taken);
      });
    controller.onReadByte = () =>
      board.after(BITS * bit + (device?.stretch?.() ?? 0), () => {
        const byte = device?.read() ?? 0xff;
        this.#note(` ${hex(byte)}`);
        controller.completeRead(byte);
      });
    controller.onStop = () =>
      board.after(bit, () => {
        device?.stop();
        device = null;
        this.#board.tell?.(this.#text);
        this.#text = '';
        controller.completeStop();
      });
  }

  attach(address, device) {
    this.#devices.set(address, device);
  }

  #note(text) {
    this.#text += text;
  }
}

function hex(byte) {
  return byte.toString(16).padStart(2, '0');
}

/** The bus of that number; made when it is first asked for. */
export function i2cBus(board, index, options) {
  board.buses ??= new Map();
  if (!board.buses.has(index)) board.buses.set(index, new I2cBus(board, index, options));
  return board.buses.get(index);
}
