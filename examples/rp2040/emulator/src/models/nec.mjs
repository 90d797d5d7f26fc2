// A remote control with NEC's protocol, as its demodulator gives it: idle high,
// low while there is carrier. From NEC's application note for the uPD6121/6122
// (and Vishay's "Data formats for IR remote control", 80071).

/** Half a millisecond and a bit: everything is a multiple of it. In microseconds. */
const UNIT = 562.5;
const [LEADER_MARK, LEADER_SPACE, REPEAT_SPACE] = [16 * UNIT, 8 * UNIT, 4 * UNIT];
const [ZERO, ONE] = [UNIT, 3 * UNIT];
/** From the beginning of a frame to that of the next. */
const PERIOD = 108_000;

/**
 * Marks and spaces of a frame, in microseconds, a mark first. An address of more
 * than 8 bits is sent as it is (extended), a shorter one with its complement.
 */
export function frame(address, command) {
  const bytes = address > 0xff ? [address & 0xff, address >> 8] : [address, ~address & 0xff];
  bytes.push(command, ~command & 0xff);
  const bits = bytes.flatMap((byte) => Array.from({ length: 8 }, (_, bit) => (byte >> bit) & 1));
  return [LEADER_MARK, LEADER_SPACE, ...bits.flatMap((bit) => [UNIT, bit ? ONE : ZERO]), UNIT];
}

export const REPEAT = [LEADER_MARK, REPEAT_SPACE, UNIT];

export default class NecRemote {
  #board;
  #pin;
  #stretch;
  #frames = 0;

  /** `stretch`: by how much the demodulator makes marks longer and spaces shorter. */
  constructor(board, { pin, stretch = 0, name = 'ir' }) {
    this.#board = board;
    this.#pin = pin;
    this.#stretch = stretch;
    board.name(pin, name);
    board.drive(pin, true);
  }

  // Stimuli.

  /** A key that is held for a frame, and so many repeats. */
  press(address, command, repeats = 0) {
    this.#send(frame(address, command));
    for (let i = 1; i <= repeats; i++) this.#board.after(i * PERIOD, () => this.#send(REPEAT));
  }

  /** Marks and spaces of one's own, a mark first. */
  send(spans) {
    this.#send(spans);
  }

  state() {
    return { frames: this.#frames };
  }

  #send(spans) {
    this.#frames++;
    let at = 0;
    spans.forEach((span, i) => {
      if (i % 2 === 0) {
        this.#board.after(at, () => this.#board.drive(this.#pin, false));
        this.#board.after(at + span + this.#stretch, () => this.#board.drive(this.#pin, true));
      }
      at += span;
    });
  }
}
