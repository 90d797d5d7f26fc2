// HD44780U, a character display, on four data lines with R/W grounded. From
// Hitachi's data sheet ADE-207-272(Z), '99.9, Rev. 0.0; tables and figures are
// named where they are used.
import { character } from './hd44780-rom.mjs';

/** Table 6, at an oscillator of 270 kHz: it scales with that. In microseconds. */
const [SLOW, QUICK, DATA, NOMINAL_KHZ] = [1_520, 37, 41, 270];
/** Figure 24: from 2.7 V on, after the first function set, after the second. */
const [POWER_ON, FIRST, SECOND] = [40_000, 4_100, 100];
/** "Bus timing characteristics", 2.7 to 4.5 V, in ns. */
const TIMING = { cycle: 1_000, width: 450, address: 60, data: 195, addressHold: 20, dataHold: 10 };

export default class Hd44780 {
  violations = [];
  #board;
  #columns;
  #rows;
  #slowness;
  #busyUntil;
  #powered;
  #sets = 0;
  /** Function set: four lines, two rows. */
  #four = false;
  #twoRows = false;
  #half = null;
  #on = false;
  #cursor = 0;
  #increment = true;
  #shifts = false;
  #offset = 0;
  #cells = new Uint8Array(0x80).fill(0x20);
  #glyphs = new Uint8Array(0x40);
  #address = 0;
  #inGlyphs = false;
  #writes = 0;

  /**
   * `khz`: the oscillator, from 190 to 350. `start`: `eight` after power-on,
   * `four` or `half` when the board was reset and the display was not: then it
   * is in four-line mode, or waits for the second half of a byte.
   */
  constructor(board, { rs, e, data, columns = 16, rows = 2, khz = NOMINAL_KHZ, start = 'eight', name = 'lcd' }) {
    this.#board = board;
    this.#columns = columns;
    this.#rows = rows;
    this.#slowness = NOMINAL_KHZ / khz;
    this.#powered = start === 'eight';
    this.#busyUntil = this.#powered ? POWER_ON : 0;
    this.#four = !this.#powered;
    this.#half = start === 'half' ? 0 : null;
    const pins = { rs, e };
    data.forEach((pin, i) => (pins[`d${i + 4}`] = pin));
    for (const [what, pin] of Object.entries(pins)) board.name(pin, `${name}_${what}`);
    this.#listen(rs, e, data);
  }

  /** The text on the glass, and what was done that the data sheet forbids. */
  state() {
    const rows = Array.from({ length: this.#rows }, (_, row) => this.#row(row));
    return { on: this.#on, rows, violations: this.violations, writes: this.#writes };
  }

  #listen(rs, e, data) {
    const board = this.#board;
    let [rose, fell, addressed, prepared] = [-Infinity, -Infinity, -Infinity, -Infinity];
    board.watch((pin, level, nanos) => {
      if (pin === rs) addressed = nanos;
      else if (data.includes(pin)) prepared = nanos;
      else if (pin !== e) return;
      const high = pin === e ? level : board.level(e);
      if (pin === rs && high) this.#forbid('RS moved while E was high');
      if (pin === rs && nanos - fell < TIMING.addressHold) this.#forbid('RS moved too soon after E fell');
      if (data.includes(pin) && nanos - fell < TIMING.dataHold) this.#forbid('data moved too soon after E fell');
      if (pin !== e) return;
      if (level) {
        if (nanos - rose < TIMING.cycle) this.#forbid('E rose again too soon');
        if (nanos - addressed < TIMING.address) this.#forbid('E rose too soon after RS');
        rose = nanos;
        return;
      }
      fell = nanos;
      if (nanos - rose < TIMING.width) this.#forbid('E was high too short');
      if (nanos - prepared < TIMING.data) this.#forbid('E fell too soon after the data');
      const nibble = data.reduce((bits, number, i) => bits | (board.level(number) << i), 0);
      this.#latch(board.level(rs), nibble);
    });
  }

  #latch(isData, nibble) {
    const { micros } = this.#board;
    if (micros < this.#busyUntil && this.#half === null) {
      this.#forbid(`spoken to ${Math.ceil(this.#busyUntil - micros)} us too soon`);
      return; // What it is told while it is busy is lost.
    }
    if (!this.#four) return this.#obey(isData, nibble << 4); // D3 to D0 are not connected.
    if (this.#half === null) {
      this.#half = nibble;
      return;
    }
    const byte = (this.#half << 4) | nibble;
    this.#half = null;
    this.#obey(isData, byte);
  }

  #obey(isData, byte) {
    if (isData) return this.#write(byte);
    const bit = 31 - Math.clz32(byte); // Table 6: the highest bit tells the instruction.
    const low = byte & ((1 << bit) - 1);
    if (bit === 5) return this.#functionSet(low);
    this.#busy(bit <= 1 ? SLOW : QUICK);
    if (bit === 7) [this.#address, this.#inGlyphs] = [low, false];
    else if (bit === 6) [this.#address, this.#inGlyphs] = [low, true];
    else if (bit === 4) this.#shift(Boolean(low & 8), Boolean(low & 4));
    else if (bit === 3) [this.#on, this.#cursor] = [Boolean(low & 4), low & 3];
    else if (bit === 2) [this.#increment, this.#shifts] = [Boolean(low & 2), Boolean(low & 1)];
    else if (bit >= 0) {
      [this.#address, this.#inGlyphs, this.#offset] = [0, false, 0];
      if (bit === 0) {
        this.#cells.fill(0x20);
        this.#increment = true;
      }
    }
  }

  #functionSet(low) {
    // Figure 24: the first two after power-on take longer than the others.
    const waits = this.#powered && !this.#four ? [FIRST, SECOND] : [];
    if (this.#sets < waits.length) this.#busyUntil = this.#board.micros + waits[this.#sets];
    else this.#busy(QUICK);
    this.#sets++;
    this.#four = !(low & 0x10);
    this.#twoRows = Boolean(low & 0x08);
  }

  #write(byte) {
    this.#busy(DATA); // 37 us, and the address counter moves 4 us later.
    this.#writes++;
    if (this.#inGlyphs) {
      this.#glyphs[this.#address & 0x3f] = byte & 0x1f;
      this.#address = (this.#address + (this.#increment ? 1 : -1)) & 0x3f;
      return;
    }
    this.#cells[this.#address] = byte;
    this.#move(this.#increment);
    if (this.#shifts) this.#offset += this.#increment ? 1 : -1;
  }

  #shift(display, right) {
    if (display) this.#offset += right ? -1 : 1;
    else this.#move(right);
  }

  /** "Display data RAM": 80 cells, in one line or in two of 40. */
  #move(forwards) {
    const next = this.#address + (forwards ? 1 : -1);
    if (!this.#twoRows) this.#address = (next + 80) % 80;
    else if (next === 0x28) this.#address = 0x40;
    else if (next === 0x68) this.#address = 0x00;
    else if (next === 0x3f) this.#address = 0x27;
    else if (next === -1) this.#address = 0x67;
    else this.#address = next;
  }

  #row(row) {
    if (!this.#on) return ' '.repeat(this.#columns);
    const line = this.#twoRows ? 40 : 80;
    const start = (row % 2) * 0x40;
    const first = Math.floor(row / 2) * this.#columns;
    const cell = (column) => this.#cells[start + ((((first + column + this.#offset) % line) + line) % line)];
    return Array.from({ length: this.#columns }, (_, column) => character(cell(column))).join('');
  }

  #busy(micros) {
    this.#busyUntil = this.#board.micros + micros * this.#slowness;
  }

  #forbid(what) {
    this.violations.push({ at_us: Math.round(this.#board.micros), what });
  }
}
