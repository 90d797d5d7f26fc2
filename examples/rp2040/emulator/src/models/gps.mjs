// A GPS receiver that speaks NMEA 0183 on a UART, at its baud rate. It
// acknowledges commands of MediaTek, and changes its speed when it is told
// (GlobalTop, PMTK command packet, A11).
import { readFileSync } from 'node:fs';

/** A start bit, eight bits, a stop bit. */
const BITS = 10;
/** By more than this a UART misreads the last bits of a byte: half a bit of ten. */
const TOLERANCE = 0.05;
/** What a UART makes of a byte at another speed: other bits, and no stop bit. */
const garbled = (byte) => (byte ^ 0xa5) | 0x100;
/** Microseconds from a command to its acknowledgement, at the least. */
const ANSWER = 10_000;
/** Microseconds from a command to the new speed. */
const TURN = 20_000;
/** What is answered by a report: the firmware, and the sentences of the factory's settings. */
const REPORTS = {
  605: 'PMTK705,AXN_5.1.7_3333_19020118,0027,PA1010D,1.0',
  414: 'PMTK514,1,1,1,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0',
};

/** The exclusive or of what stands between `$` and `*` (NMEA 0183, section 5.2). */
export function sum(body) {
  const sum = [...Buffer.from(body, 'latin1')].reduce((sum, byte) => sum ^ byte, 0);
  return sum.toString(16).toUpperCase().padStart(2, '0');
}

export default class Gps {
  #board;
  #uart;
  #factory;
  #baud;
  #queue = [];
  #speaking = false;
  #garble = 0;
  #sent = 0;
  #name;
  #heard = '';
  #all = '';
  #commands = 0;
  #deaf = 0;
  #obeys = true;
  #doubled = 0;

  constructor(board, { uart = 0, baud = 9_600, name = 'gps' } = {}) {
    this.#board = board;
    this.#uart = board.mcu.uart[uart];
    this.#factory = baud;
    this.#baud = baud;
    this.#name = `${name}_tx`;
    board.name(this.#name, this.#name);
    board.trace(this.#name, true);
    this.#uart.onByte = (byte) => this.#hear(byte);
  }

  // Stimuli.

  /** Ignores the next commands. */
  deaf(commands) {
    this.#deaf = commands;
  }

  /** Has no power for a moment, and its first speed after it. */
  forget() {
    this.#baud = this.#factory;
  }

  /** Does not change its speed any more. */
  disobey() {
    this.#obeys = false;
  }

  /** Acknowledges the next commands twice. */
  double(commands) {
    this.#doubled = commands;
  }

  /** Says sentences, given without `$`, checksum and line end. */
  say(...bodies) {
    this.raw(bodies.map((body) => `$${body}*${sum(body)}\r\n`).join(''));
  }

  /** Says what is given. */
  raw(text) {
    this.#queue.push(...Buffer.from(text, 'latin1'));
    if (!this.#speaking) this.#next();
  }

  /**
   * Plays a log, a file named as seen from the firmware's folder: the lines from
   * one of the kind of the first to the next of that kind belong together, and
   * are said a second after those before them.
   */
  play(path, { seconds = Infinity, from = 0 } = {}) {
    const lines = readFileSync(new URL(`../../../${path}`, import.meta.url), 'latin1').split(/\r?\n/);
    const kind = lines[0].slice(0, 6);
    const groups = [];
    for (const line of lines.filter(Boolean)) {
      if (line.startsWith(kind)) groups.push('');
      groups[groups.length - 1] += `${line}\r\n`;
    }
    groups.slice(from, from + seconds).forEach((text, second) => this.#board.after(second * 1e6, () => this.raw(text)));
  }

  /** Turns a bit of each of the next bytes. */
  garble(bytes) {
    this.#garble = bytes;
  }

  state() {
    const waiting = this.#queue.length;
    return { sent: this.#sent, waiting, baud: this.#baud, commands: this.#commands, heard: this.#all };
  }

  /** The length of a bit in microseconds. */
  get #bit() {
    return 1e6 / this.#baud;
  }

  /** Whether the UART has the speed of the receiver. */
  #fits() {
    return Math.abs(this.#uart.bitNanos / 1000 / this.#bit - 1) < TOLERANCE;
  }

  /** A command is a sentence with a correct checksum. It is acknowledged after those being said. */
  #hear(byte) {
    const heard = String.fromCharCode(this.#fits() ? byte : garbled(byte) & 0xff);
    this.#all += heard;
    this.#heard = heard === '$' ? heard : this.#heard + heard;
    if (heard !== '\n') return;
    const [, body, number, digits] = /^\$(PMTK(\d{3})[^*]*)\*(..)\r\n$/.exec(this.#heard) ?? [];
    if (!body || digits !== sum(body)) return;
    if (this.#deaf > 0) {
      this.#deaf--;
      return;
    }
    this.#commands++;
    if (number === '251') {
      this.#board.after(TURN, () => this.#turn(Number(body.split(',')[1])));
      return;
    }
    const answers = this.#doubled > 0 ? 2 : 1;
    this.#doubled = Math.max(this.#doubled - 1, 0);
    const answer = REPORTS[number] ?? `PMTK001,${Number(number)},3`;
    this.#board.after(ANSWER, () => this.say(...Array(answers).fill(answer)));
  }

  /** The manual names no acknowledgement of a new speed. */
  #turn(baud) {
    if (this.#obeys) this.#baud = baud;
  }

  #next() {
    this.#speaking = this.#queue.length > 0;
    if (!this.#speaking) return;
    const byte = this.#queue.shift() ^ (this.#garble > 0 ? 0x04 : 0);
    if (this.#garble > 0) this.#garble--;
    this.#draw(byte);
    this.#board.after(BITS * this.#bit, () => {
      this.#sent++;
      if (this.#uart.bitNanos) this.#uart.receive(this.#fits() ? byte : garbled(byte));
      this.#next();
    });
  }

  /** Shows the bits to who watches: the start is low, the lowest bit comes first. */
  #draw(byte) {
    const frame = (byte << 1) | (1 << (BITS - 1));
    const length = this.#bit;
    for (let bit = 0; bit < BITS; bit++) {
      this.#board.after(bit * length, () => this.#board.trace(this.#name, Boolean((frame >> bit) & 1)));
    }
  }
}
