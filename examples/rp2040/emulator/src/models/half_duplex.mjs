// A device on a UART that answers any command with four lines, with pauses between them.

/** A start bit, eight bits, a stop bit. */
const BITS = 10;
const LINES = ['Line 1\r\n', 'Line 2\r\n', 'Line 3\r\n', 'Goodbye\r\n'];
/** Microseconds between two lines. */
const PAUSE = 300_000;

export default class HalfDuplex {
  #board;
  #uart;
  #bit;
  #heard = '';
  #commands = 0;
  #deaf = 0;
  #doubled = 0;
  #queue = [];
  #speaking = false;

  constructor(board, { uart = 0, baud = 9_600 } = {}) {
    this.#board = board;
    this.#uart = board.mcu.uart[uart];
    this.#bit = 1e6 / baud;
    this.#uart.onByte = (byte) => this.#hear(byte);
  }

  // Stimuli.

  /** Ignores the next commands. */
  deaf(commands) {
    this.#deaf = commands;
  }

  /** Answers the next commands twice. */
  double(commands) {
    this.#doubled = commands;
  }

  /** Says something unasked. */
  say(text) {
    this.#queue.push(...Buffer.from(text, 'latin1'));
    if (!this.#speaking) this.#next();
  }

  state() {
    return { commands: this.#commands, heard: this.#heard };
  }

  #hear(byte) {
    this.#heard += String.fromCharCode(byte);
    if (!this.#heard.endsWith('\n')) return;
    this.#heard = '';
    this.#commands++;
    if (this.#deaf > 0) {
      this.#deaf--;
      return;
    }
    let lines = LINES;
    if (this.#doubled > 0) {
      this.#doubled--;
      lines = [...LINES, ...LINES];
    }
    lines.forEach((line, number) => this.#board.after(number * PAUSE, () => this.say(line)));
  }

  #next() {
    this.#speaking = this.#queue.length > 0;
    if (!this.#speaking) return;
    const byte = this.#queue.shift();
    this.#board.after(BITS * this.#bit, () => {
      this.#uart.receive(byte);
      this.#next();
    });
  }
}
