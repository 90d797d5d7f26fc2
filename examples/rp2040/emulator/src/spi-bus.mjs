// The wires of an SPI bus, a word at a time.

/** The bits of SSPCR0 for the clock's polarity and phase (RP2040 datasheet, 4.4.4). */
const MODE = 0xc0;

/**
 * Connects devices to a controller. A device is selected while its chip select is low, and has
 * - `select()` and `deselect()`,
 * - `exchange(byte, hertz)`: what it answers while it is sent a byte.
 *
 * Devices sample at rising edges. Undriven lines are pulled up.
 */
export class SpiBus {
  #devices = [];
  #text = '';

  constructor(board, index) {
    const controller = board.mcu.spi[index];
    controller.onTransmit = (byte) => {
      const { clockFrequency: hertz, control0, dataBits } = controller;
      if (dataBits !== 8) throw new Error(`spi${index} sends words of ${dataBits} bits`);
      if (control0 & MODE && (~control0 & MODE) !== 0) {
        throw new Error(`spi${index} is in a mode that its devices do not understand`);
      }
      board.after((8 / hertz) * 1e6, () => {
        let answer = 0xff;
        for (const { device } of this.#devices.filter(({ selected }) => selected)) {
          answer &= device.exchange(byte, hertz);
        }
        this.#text += ` ${hex(byte)}:${hex(answer)}`;
        controller.completeTransmit(answer);
      });
    };
    board.watch((pin, level) => {
      for (const entry of this.#devices) {
        if (entry.cs !== pin) continue;
        // A line that is low from the start selects nobody: select is an edge.
        if (!level) entry.device.select();
        else if (entry.selected) {
          entry.device.deselect();
          board.tell?.(`spi${index}${this.#text}`);
        }
        entry.selected = !level;
        this.#text = '';
      }
    });
  }

  attach(cs, device) {
    this.#devices.push({ cs, device, selected: false });
  }
}

function hex(byte) {
  return byte.toString(16).padStart(2, '0');
}

/** The bus of that number; made when it is first asked for. */
export function spiBus(board, index) {
  board.spiBuses ??= new Map();
  if (!board.spiBuses.has(index)) board.spiBuses.set(index, new SpiBus(board, index));
  return board.spiBuses.get(index);
}
