// A GPS receiver with a chip of MediaTek, whose speed a command changes (GlobalTop, PMTK command
// packet, A11).
import { sum } from './gps.mjs';

/** A start bit, eight bits, a stop bit. */
const BITS = 10;
/** By more than this a UART misreads the last bits of a byte: half a bit of ten. */
const TOLERANCE = 0.05;
/** What a UART makes of a byte at another speed: other bits, and no stop bit. */
const garbled = (byte) => (byte ^ 0xa5) | 0x100;
const SENTENCE = 'GPGLL,4916.45,N,12311.12,W,225444,A';
/** Microseconds from a command to what it does. */
const PAUSE = 20_000;

export default class GpsMtk {
  #board;
  #uart;
  #factory;
  #baud;
  #queue = [];
  #speaking = false;
  #line = '';
  #deaf = false;
  #commands = [];

  constructor(board, { uart = 0, baud = 9_600 } = {}) {
    this.#board = board;
    this.#uart = board.mcu.uart[uart];
    this.#factory = baud;
    this.#baud = baud;
    this.#uart.onByte = (byte) => this.#hear(byte);
    this.#each();
  }

  // Stimuli.

  /** Has no power for a moment, and its first speed after it. */
  forget() {
    this.#baud = this.#factory;
  }

  /** Obeys no change of speed any more. */
  deafen() {
    this.#deaf = true;
  }

  state() {
    return { baud: this.#baud, commands: this.#commands };
  }

  #each() {
    this.#say(SENTENCE);
    this.#board.after(1e6, () => this.#each());
  }

  #say(body) {
    this.#queue.push(...Buffer.from(`$${body}*${sum(body)}\r\n`, 'latin1'));
    if (!this.#speaking) this.#next();
  }

  #fits() {
    const theirs = this.#uart.bitNanos;
    return theirs > 0 && Math.abs((theirs * this.#baud) / 1e9 - 1) < TOLERANCE;
  }

  #hear(byte) {
    const heard = String.fromCharCode(this.#fits() ? byte : garbled(byte) & 0xff);
    this.#line = heard === '$' ? heard : this.#line + heard;
    if (heard !== '\n') return;
    const [, body, digits] = /^\$([^*]*)\*(..)\r\n$/.exec(this.#line) ?? [];
    if (body === undefined || digits !== sum(body)) return;
    this.#commands.push(body);
    const [name, speed] = body.split(',');
    if (name === 'PMTK000') this.#board.after(PAUSE, () => this.#say('PMTK001,0,3'));
    if (name === 'PMTK251' && !this.#deaf) this.#board.after(PAUSE, () => (this.#baud = Number(speed)));
  }

  #next() {
    this.#speaking = this.#queue.length > 0;
    if (!this.#speaking) return;
    const byte = this.#queue.shift();
    this.#board.after((BITS * 1e6) / this.#baud, () => {
      this.#uart.receive(this.#fits() ? byte : garbled(byte));
      this.#next();
    });
  }
}
