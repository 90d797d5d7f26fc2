// One run of one firmware: devices, what is done to them, what must come of it.
import { differences, differencesOfLines } from './expect.mjs';
import { Machine } from './machine.mjs';
import { models } from './models/index.mjs';
import { Recorder } from './vcd.mjs';

/**
 * What the emulator lacks and embassy-rp asks for, to no effect: the ring
 * oscillator and the voltage regulator are set up once, the hold time of I2C's
 * data line is that of the wires.
 */
const HARMLESS = ['ROSC_BASE:', 'VREG_AND_CHIP_RESET_BASE:', 'I2C0: Unimplemented write to IC_SDA_HOLD'];

/** What a scenario can say. */
const KNOWN = ['for_ms', 'parts', 'stimuli', 'lines', 'ignore', 'looks', 'end', 'ends', 'spans', 'quiet', 'stack'];

/**
 * Runs a scenario (README.md says what is in it) and returns what came of it:
 * `problems` as lines of text, and the figures of the run.
 */
export function play(elf, scenario, { say = () => {}, trace, vcd } = {}) {
  // An expectation with a wrong name, or none at all, is met by everything.
  const unknown = Object.keys(scenario).filter((key) => !KNOWN.includes(key));
  if (unknown.length) throw new Error(`a scenario has no ${unknown.join(', ')}`);
  if (!(scenario.for_ms > 0)) throw new Error(`a scenario lasts for_ms, not ${scenario.for_ms}`);
  const told = new Teller(say);
  const board = new Machine(elf, { say: (text) => told.hear(text) });
  if (trace) board.tell = (what) => trace(`${board.micros.toFixed(1).padStart(12)} ${what}`);
  const recorder = vcd && new Recorder(board);
  const parts = {};
  for (const [name, { model, ...options }] of Object.entries(scenario.parts ?? {})) {
    if (!models[model]) throw new Error(`there is no model named ${model}`);
    parts[name] = new models[model](board, { name, ...options });
  }
  for (const [millis, name, verb, ...values] of scenario.stimuli ?? []) {
    const part = parts[name];
    if (typeof part?.[verb] !== 'function') throw new Error(`there is nothing to ${verb} of ${name}`);
    board.after(millis * 1000, () => part[verb](...values));
  }

  const problems = [];
  const state = () => Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.state()]));
  const looks = [...(scenario.looks ?? [])].sort((a, b) => a.at_ms - b.at_ms);
  let looked = 0;
  for (const { at_ms, ...expected } of looks) {
    board.after(at_ms * 1000, () => {
      looked++;
      problems.push(...differences(expected, state()).map((problem) => `at ${at_ms} ms: ${problem}`));
    });
  }
  const spans = (scenario.spans ?? []).map((span) => measured(board, span));
  const quiet = (scenario.quiet ?? []).map(([from_ms, to_ms]) => measured(board, { from_ms, to_ms }));

  const started = process.hrtime.bigint();
  const ended = board.run(scenario.for_ms * 1000);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  recorder?.write(vcd);
  told.end();

  const [wanted, at] = [scenario.ends ?? 'time', `at ${Math.round(board.micros)} us`];
  // Who waits for a pin alone has nothing to wake up for when all is done.
  const done = wanted === 'time' && ended === 'deadlock' && problems.length === 0;
  if (ended !== wanted && !done) problems.unshift(`it ended by ${ended}, not by ${wanted}, ${at}`);
  for (const { at_ms } of looks.slice(looked)) problems.push(`at ${at_ms} ms: it had ended before`);
  for (const { to_ms, isOver } of [...spans, ...quiet]) {
    if (!isOver) problems.push(`until ${to_ms} ms: it had ended before`);
  }
  if (ended === 'exit' && board.status !== 0) problems.unshift(`exit status ${board.status}`);
  const ignored = new Set(scenario.ignore ?? []);
  const lines = told.lines.filter((line) => !ignored.has(line.event));
  if (scenario.lines) problems.push(...differencesOfLines(scenario.lines, lines));
  problems.push(...differences(scenario.end ?? {}, state()).map((problem) => `at the end: ${problem}`));
  const counts = Object.fromEntries(spans.map(({ name, instructions }) => [name, instructions]));
  for (const { name, instructions, most } of spans) {
    const bound = most?.(counts) ?? Infinity;
    if (instructions > bound) problems.push(`${name}: ${instructions} instructions, more than ${bound}`);
  }
  for (const { from_ms, to_ms, instructions } of quiet) {
    if (instructions) problems.push(`${instructions} instructions from ${from_ms} to ${to_ms} ms, where nothing happens`);
  }
  const { stack = Infinity } = scenario;
  if (board.deepestStack > stack) problems.push(`a stack of ${board.deepestStack} bytes, more than ${stack}`);
  const figures = {
    micros: Math.round(board.micros),
    instructions: board.instructions,
    asleep: board.sleptNanos / board.nanos,
    stack: board.deepestStack,
    seconds,
    spans: counts,
  };
  for (const [what, count] of board.warnings) {
    if (!HARMLESS.some((known) => what.startsWith(known))) problems.push(`the emulator: ${what} (${count} times)`);
  }
  if (done && problems.length) problems.push(`it slept, and nothing would have woken it, ${at}`);
  return { problems, lines: told.lines, figures };
}

/** The same span, in which the board counts its instructions. */
function measured(board, span) {
  const counted = { ...span, instructions: 0, isOver: false };
  board.after(span.from_ms * 1000, () => (counted.instructions = -board.instructions));
  board.after(span.to_ms * 1000, () => {
    counted.instructions += board.instructions;
    counted.isOver = true;
  });
  return counted;
}

/** Makes lines of what the firmware writes, and objects of those that are JSON. */
class Teller {
  lines = [];
  #rest = '';
  #say;

  constructor(say) {
    this.#say = say;
  }

  hear(text) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    for (const line of lines) this.#add(line);
  }

  /** A line without an end is one too: it tells in what a program was stopped. */
  end() {
    if (this.#rest) this.#add(this.#rest);
    this.#rest = '';
  }

  #add(line) {
    this.#say(line);
    this.lines.push(line.startsWith('{') ? object(line) : { text: line });
  }
}

/** Of what was cut off, the text. */
function object(line) {
  try {
    return JSON.parse(line);
  } catch {
    return { text: line };
  }
}
