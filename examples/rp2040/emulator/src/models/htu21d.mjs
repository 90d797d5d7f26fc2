// HTU21D, a hygrometer and thermometer on I2C. From Measurement Specialties'
// data sheet HPC199_3: sections are named where they are used.
import { i2cBus } from '../i2c-bus.mjs';

const ADDRESS = 0x40;

/** "Device command". */
const [HOLD_T, HOLD_RH, WRITE_USER, READ_USER, T, RH, RESET] = [0xe3, 0xe5, 0xe6, 0xe7, 0xf3, 0xf5, 0xfe];

/** "Sensor performance", "Measuring time": at most, in ms, by bits 7 and 0. */
const [MOST_RH, MOST_T] = [
  [16, 3, 5, 8],
  [50, 13, 25, 7],
];
/** The same, typically. */
const [TYPICAL_RH, TYPICAL_T] = [
  [14, 2, 4, 7],
  [44, 11, 22, 6],
];
/** "Soft reset". */
const RESET_US = 15_000;

/** "User register": resolution in bits 7 and 0, heater in 2, no OTP reload in 1. */
const [USER_DEFAULT, USER_KEPT_BY_RESET, USER_WRITABLE] = [0x02, 0x04, 0x87];

/** "CRC checksum": x^8 + x^5 + x^4 + 1, from zero. */
export function checksum(bytes) {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = ((sum << 1) ^ (sum & 0x80 ? 0x31 : 0)) & 0xff;
  }
  return sum;
}

/** "Conversion of signal outputs", turned round; 16 bits, the lowest two clear. */
export const signal = {
  celsius: (value) => clamp(((value + 46.85) / 175.72) * 65_536),
  percent: (value) => clamp(((value + 6) / 125) * 65_536),
};

export default class Htu21d {
  #board;
  #user = USER_DEFAULT;
  #command = null;
  #busyUntil = 0;
  #fresh = true;
  #out = [];
  #plugged = true;
  #refuse = 0;
  #garble = 0;
  #measured = 0;

  /** `slow`: it takes as long as the data sheet allows, not as it says is typical. */
  constructor(board, { bus = 0, khz = 100, celsius = 25, percent = 50, slow = false } = {}) {
    this.#board = board;
    Object.assign(this, { celsius, percent, slow });
    i2cBus(board, bus, { khz }).attach(ADDRESS, this);
  }

  // Stimuli.

  set({ celsius = this.celsius, percent = this.percent, slow = this.slow }) {
    Object.assign(this, { celsius, percent, slow });
  }

  unplug() {
    this.#plugged = false;
  }

  /** It starts as after power-on. */
  plug() {
    this.#plugged = true;
    this.#user = USER_DEFAULT;
    this.#busy(RESET_US);
    this.#command = null;
  }

  /** Refuses its address so many times. */
  refuse(times) {
    this.#refuse = times;
  }

  /** Garbles so many results on their way. */
  garble(times) {
    this.#garble = times;
  }

  state() {
    return { measured: this.#measured, user: this.#user };
  }

  // The bus.

  connect(read) {
    if (!this.#plugged) return false;
    if (this.#refuse > 0) {
      this.#refuse--;
      return false;
    }
    this.#fresh = true;
    const holds = this.#command === HOLD_T || this.#command === HOLD_RH;
    if (this.#board.micros < this.#busyUntil && !(read && holds)) return false;
    if (!read) return true;
    this.#out = this.#answer();
    return this.#out.length > 0;
  }

  write(byte) {
    if (!this.#fresh) {
      if (this.#command !== WRITE_USER) return false;
      this.#user = (this.#user & ~USER_WRITABLE) | (byte & USER_WRITABLE);
      return true;
    }
    this.#fresh = false;
    this.#command = byte;
    const at = ((this.#user >> 6) & 2) | (this.#user & 1);
    switch (byte) {
      case T:
      case HOLD_T:
        this.#busy((this.slow ? MOST_T : TYPICAL_T)[at] * 1000);
        return true;
      case RH:
      case HOLD_RH:
        this.#busy((this.slow ? MOST_RH : TYPICAL_RH)[at] * 1000);
        return true;
      case RESET:
        this.#user = USER_DEFAULT | (this.#user & USER_KEPT_BY_RESET);
        this.#busy(RESET_US);
        return true;
      case WRITE_USER:
      case READ_USER:
        return true;
      default:
        this.#command = null;
        return false;
    }
  }

  read() {
    return this.#out.shift() ?? 0xff;
  }

  stretch() {
    return Math.max(this.#busyUntil - this.#board.micros, 0);
  }

  stop() {
    this.#out = [];
  }

  #busy(micros) {
    this.#busyUntil = this.#board.micros + micros;
  }

  #answer() {
    const command = this.#command;
    switch (command) {
      case READ_USER:
        return [this.#user];
      case T:
      case HOLD_T:
        this.#command = null;
        return this.#result(signal.celsius(this.celsius), 0);
      case RH:
      case HOLD_RH:
        this.#command = null;
        // "Communication sequences": the second lowest bit tells a humidity.
        return this.#result(signal.percent(this.percent), 2);
      default:
        return [];
    }
  }

  /** What a coarser resolution does not measure is sent nonetheless. */
  #result(value, status) {
    this.#measured++;
    const bytes = [value >> 8, (value & 0xff) | status];
    const sum = checksum(bytes);
    if (this.#garble > 0) {
      this.#garble--;
      bytes[1] ^= 0x10;
    }
    return [...bytes, sum];
  }
}

function clamp(value) {
  return Math.min(Math.max(Math.round(value), 0), 0xffff) & 0xfffc;
}
