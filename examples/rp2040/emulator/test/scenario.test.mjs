// What makes a scenario fail: with programs of a few instructions.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { differences, differencesOfLines } from '../src/expect.mjs';
import { play } from '../src/scenario.mjs';

const folder = mkdtempSync(join(tmpdir(), 'scenario-'));
after(() => rmSync(folder, { recursive: true }));

/** Where flash is mapped, behind the second stage of the boot loader. */
const VECTORS = 0x10000100;
const [MOVS_R0, LDR_R1_PC, BKPT_AB, WFI, BACK_TO_WFI, NOP] = [0x2000, 0x4900, 0xbeab, 0xbf30, 0xe7fd, 0xbf00];
const [SYS_WRITE0, SYS_EXIT, APPLICATION_EXIT] = [0x04, 0x18, 0x20026];

/** A program that says something, and then ends with a reason, or sleeps for ever. */
function program(text, reason) {
  const code = [MOVS_R0 | SYS_WRITE0, LDR_R1_PC | 3, BKPT_AB];
  code.push(...(reason ? [MOVS_R0 | SYS_EXIT, LDR_R1_PC | 2, BKPT_AB] : [WFI, BACK_TO_WFI, NOP]), NOP, NOP);
  const words = [VECTORS + 32, reason ?? 0];
  const bytes = Buffer.alloc(32);
  [0x20040000, VECTORS + 8 + 1].forEach((word, i) => bytes.writeUInt32LE(word, 4 * i));
  code.forEach((half, i) => bytes.writeUInt16LE(half, 8 + 2 * i));
  words.forEach((word, i) => bytes.writeUInt32LE(word, 24 + 4 * i));
  return elf(Buffer.concat([bytes, Buffer.from(`${text}\0`)]));
}

/** An ELF file with one segment. */
function elf(bytes) {
  const head = Buffer.alloc(52 + 32);
  head.write('\x7fELF\x01\x01\x01', 'latin1');
  head.writeUInt32LE(52, 28);
  head.writeUInt16LE(32, 42);
  head.writeUInt16LE(1, 44);
  [1, head.length, VECTORS, VECTORS, bytes.length].forEach((word, i) => head.writeUInt32LE(word, 52 + 4 * i));
  const path = join(folder, 'program');
  writeFileSync(path, Buffer.concat([head, bytes]));
  return path;
}

test('a program that ends well passes, and one that does not fails', () => {
  const scenario = { for_ms: 10, ends: 'exit', lines: [{ t: 1 }, { text: 'done' }] };
  assert.deepEqual(play(program('{"t":1}\ndone\n', APPLICATION_EXIT), scenario).problems, []);
  assert.deepEqual(play(program('{"t":1}\ndone\n', 0x20024), scenario).problems, ['exit status 1']);
  const { problems } = play(program('{"t":2}\ndone\n', APPLICATION_EXIT), scenario);
  assert.deepEqual(problems, ['line 1.t is 2, not 1']);
});

test('what was begun to be said when it ended is heard', () => {
  const said = [];
  const scenario = { for_ms: 10, ends: 'exit' };
  const { problems, lines } = play(program('one: ok\nanother: '), scenario, { say: (line) => said.push(line) });
  assert.deepEqual(said, ['one: ok', 'another: ']);
  assert.deepEqual(lines.at(-1), { text: 'another: ' });
  assert.match(problems[0], /^it ended by deadlock, not by exit, at \d+ us$/);
  assert.deepEqual(play(program('{"t_us":', APPLICATION_EXIT), scenario).lines, [{ text: '{"t_us":' }]);
});

test('who sleeps when all has come as it should may do so, and nobody else', () => {
  const asleep = program('ready\n');
  assert.deepEqual(play(asleep, { for_ms: 10, lines: [{ text: 'ready' }] }).problems, []);
  const { problems } = play(asleep, { for_ms: 10, lines: [{ text: 'ready' }, { text: 'done' }] });
  assert.match(problems.join(), /^missing: {"text":"done"},it slept, and nothing would have woken it/);
});

test('a look that never came is a failure', () => {
  const parts = { led: { model: 'led', pin: 25 } };
  const look = (at_ms) => ({ at_ms, led: { on: false } });
  const playWith = (looks) => play(program('\n'), { for_ms: 10, parts, looks }).problems;
  assert.deepEqual(playWith([look(9)]), []);
  assert.deepEqual(playWith([look(9), look(11)]), ['at 11 ms: it had ended before']);
});

test('a span that was not over is a failure', () => {
  const span = (to_ms) => ({ name: 'it', from_ms: 1, to_ms });
  const playWith = (to_ms) => play(program('\n'), { for_ms: 10, spans: [span(to_ms)], quiet: [[2, to_ms]] }).problems;
  assert.deepEqual(playWith(9), []);
  assert.deepEqual(playWith(11).slice(0, 2), Array(2).fill('until 11 ms: it had ended before'));
});

test('a scenario is not believed that says what there is not', () => {
  const asleep = program('\n');
  assert.throws(() => play(asleep, { for_ms: 10, line: [] }), /a scenario has no line/);
  assert.throws(() => play(asleep, { for_ms: NaN }), /a scenario lasts for_ms/);
  assert.throws(() => play(asleep, { for_ms: 10, parts: { a: { model: 'abacus' } } }), /no model named abacus/);
  const parts = { led: { model: 'led' } };
  assert.throws(() => play(asleep, { for_ms: 10, parts, stimuli: [[1, 'led', 'bend']] }), /nothing to bend of led/);
  assert.deepEqual(play(asleep, { for_ms: 10, parts, end: { lamp: { on: true } } }).problems, [
    'at the end: lamp is undefined, not {"on":true}',
    'it slept, and nothing would have woken it, at 0 us',
  ]);
});

test('expectations may be ranges, patterns and parts, and nothing but what they are', () => {
  assert.deepEqual(differences({ a: [1, 3], b: 'x' }, { a: 3, b: 'x', c: 0 }), []);
  assert.deepEqual(differences({ a: [1, 3] }, { a: 4 }), ['a is 4, not [1,3]']);
  assert.deepEqual(differences({ a: { b: [1] } }, { a: { b: [1, 2] } }), ['a.b is [1,2], not [1]']);
  assert.deepEqual(differences(1, '1'), ['it is "1", not 1']);
  assert.deepEqual(differences([/^1[89] µs$/], ['18 µs']), []);
  assert.deepEqual(differences({ a: /^1[89]$/ }, { a: '20' }), ['a is "20", not /^1[89]$/']);
  assert.deepEqual(differences(/18/, 18), ['it is 18, not /18/']);
  assert.deepEqual(differencesOfLines([{ a: 1 }], []), ['missing: {"a":1}']);
  assert.deepEqual(differencesOfLines([], [{ a: 1 }]), ['not expected: {"a":1}']);
});

test('a dump has the pins that have names, and their changes at their times', () => {
  const vcd = join(folder, 'pins.vcd');
  const parts = { contact: { model: 'button', pin: 15, micros: 0, most: 0, name: 'a button' } };
  play(program('\n'), { for_ms: 10, parts, stimuli: [[2, 'contact', 'tap', 3]] }, { vcd });
  const lines = readFileSync(vcd, 'utf8').trimEnd().split('\n');
  assert.ok(lines.includes('$timescale 1 ns $end') && lines.includes('$var wire 1 ! a_button $end'));
  const changes = lines.slice(lines.indexOf('$enddefinitions $end') + 1);
  assert.deepEqual(changes.slice(-5, -1), ['#2000000', '0!', '#5000000', '1!']);
});
