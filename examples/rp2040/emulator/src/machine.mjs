// An RP2040 under a virtual clock: runs an ELF file without a boot ROM.
import { RP2040 } from 'rp2040js';
import { Agenda } from './agenda.mjs';
import { loadable } from './elf.mjs';
import { answer } from './semihosting.mjs';
import { shim } from './shims/index.mjs';

const FLASH = 0x10000000;
/** Behind the 256 bytes of the second stage, which is what a boot ROM would run. */
const VECTORS = FLASH + 0x100;
const SEMIHOSTING = 0xab;

/**
 * The board: time passes by executed cycles, and jumps ahead while the core
 * sleeps. Two runs of the same thing are the same to the last instruction.
 */
export class Machine {
  /** How the program ended itself; null if it has not. */
  status = null;
  instructions = 0;
  sleptNanos = 0;
  /** What the emulator does not know, with how often it was asked. */
  warnings = new Map();
  #deepest = Infinity;
  #names = new Map();
  #watchers = [];
  #say;

  /** `say` is given what the firmware writes. */
  constructor(elf, { say = () => {} } = {}) {
    this.#say = say;
    this.mcu = new RP2040();
    this.clock = this.mcu.clock;
    const { core } = this.mcu;
    this.mcu.logger = {
      debug() {},
      // A SEV is only told, and does not set the event: a task that wakes itself
      // would sleep for ever (ARMv6-M manual, B1.5.17).
      info: (_, message) => {
        if (message === 'SEV') core.eventRegistered = true;
      },
      warn: (part, message) => this.#warn(`${part}: ${message}`),
      error: (part, message) => {
        throw new Error(`${part}: ${message}, at 0x${core.PC.toString(16)}`);
      },
    };
    for (const { address, bytes } of loadable(elf)) this.#load(address, bytes);
    core.VTOR = VECTORS;
    core.reset();
    this.stackTop = this.mcu.readUint32(VECTORS);
    shim(this.mcu);
    this.mcu.onBreak = (number) => this.#breakpoint(number);
    const alarm = this.clock.createAlarm(() => this.agenda.run());
    this.agenda = new Agenda(
      () => this.nanos,
      (at) => alarm.schedule(at - this.nanos),
    );
    this.mcu.gpio.forEach((pin, number) => pin.addListener(() => this.#moved(number)));
  }

  /** The emulated time since power-on. */
  get nanos() {
    return this.clock.nanos;
  }

  get micros() {
    return this.clock.nanos / 1000;
  }

  /** How deep the stack has been, in bytes, interrupts included. */
  get deepestStack() {
    return Math.max(this.stackTop - this.#deepest, 0);
  }

  /** Does something later. */
  after(micros, act) {
    this.agenda.at(this.nanos + micros * 1000, act);
  }

  /** The level of a pin, whoever drives it. */
  level(number) {
    const pin = this.mcu.gpio[number];
    if (!pin) throw new Error(`the chip has no pin ${number}`);
    return pin.outputEnable ? pin.outputValue : Boolean(pin.external ?? pin.pullupEnabled);
  }

  /** Drives a pin from outside; null lets go of it. */
  drive(number, level) {
    const pin = this.mcu.gpio[number];
    if (!pin) throw new Error(`the chip has no pin ${number}`);
    pin.external = level === null ? null : Boolean(level);
    pin.setInputValue();
    this.#moved(number);
  }

  /** Calls `seen(pin, level, nanos)` whenever a pin changes. */
  watch(seen) {
    this.#watchers.push({ seen, levels: this.mcu.gpio.map((_, number) => this.level(number)) });
  }

  /** Names a pin, or something else that has a level, for who draws it. */
  name(what, name) {
    this.#names.set(what, name);
  }

  get names() {
    return this.#names;
  }

  /** Tells the watchers of a level that is on no pin of its own. */
  trace(what, level) {
    for (const { seen } of this.#watchers) seen(what, level, this.nanos);
  }

  /**
   * Runs until an emulated time. Returns why it stopped: `time`, `exit`, or
   * `deadlock`: it sleeps, and nothing will ever wake it.
   */
  run(untilMicros) {
    const { clock, mcu } = this;
    const { core } = mcu;
    const end = untilMicros * 1000;
    while (clock.nanos < end) {
      if (this.status !== null) return 'exit';
      if (core.waiting) {
        if (!clock.nextAlarm) return 'deadlock';
        const span = Math.min(clock.nanosToNextAlarm, end - clock.nanos);
        this.sleptNanos += span;
        clock.tick(span);
        // SysTick only says that it is due, and wakes nobody (rp2040js 1.4.1).
        if (core.pendingSystick && core.checkForInterrupts()) core.waiting = false;
        continue;
      }
      const cycles = core.executeInstruction();
      this.instructions++;
      const stack = core.registers[13];
      if (stack < this.#deepest) this.#deepest = stack;
      clock.tick(cycles * (1e9 / mcu.clkSys));
    }
    return this.status === null ? 'time' : 'exit';
  }

  #load(address, bytes) {
    const offset = address - FLASH;
    if (offset < 0 || offset + bytes.length > this.mcu.flash.length) {
      throw new Error(`0x${address.toString(16)} is not in flash`);
    }
    this.mcu.flash.set(bytes, offset);
  }

  #breakpoint(number) {
    const { core } = this.mcu;
    if (number !== SEMIHOSTING) {
      this.#say(`breakpoint ${number} at 0x${core.PC.toString(16)}\n`);
      this.status ??= 101;
      return;
    }
    const memory = {
      byte: (at) => this.mcu.readUint8(at),
      word: (at) => this.mcu.readUint32(at),
      setWord: (at, word) => this.mcu.writeUint32(at, word),
    };
    core.registers[0] = answer(core.registers, memory, {
      say: this.#say,
      exit: (status) => (this.status ??= status),
      elapsed: () => this.instructions,
    });
  }

  #moved(number) {
    const level = this.level(number);
    for (const { seen, levels } of this.#watchers) {
      if (levels[number] === level) continue;
      levels[number] = level;
      seen(number, level, this.nanos);
    }
  }

  #warn(what) {
    this.warnings.set(what, (this.warnings.get(what) ?? 0) + 1);
  }
}
