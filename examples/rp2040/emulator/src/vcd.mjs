// Value change dumps (IEEE 1364-2005, section 18): what sigrok and GTKWave read.
import { writeFileSync } from 'node:fs';

/** Records the levels of everything on a board that has a name. */
export class Recorder {
  #board;
  #changes = [];

  constructor(board) {
    this.#board = board;
    const levels = board.mcu.gpio.map((_, pin) => board.level(pin));
    levels.forEach((level, pin) => this.#changes.push({ what: pin, level, nanos: 0 }));
    board.watch((what, level, nanos) => this.#changes.push({ what, level, nanos }));
  }

  /** The dump as text. */
  text() {
    const names = [...this.#board.names].sort(([, a], [, b]) => (a < b ? -1 : 1));
    const codes = new Map(names.map(([what], i) => [what, code(i)]));
    const head = ['$timescale 1 ns $end', '$scope module board $end'];
    for (const [what, name] of names) head.push(`$var wire 1 ${codes.get(what)} ${name.replace(/\s/g, '_')} $end`);
    head.push('$upscope $end', '$enddefinitions $end');
    const body = [];
    let last = -1;
    for (const { what, level, nanos } of this.#changes) {
      if (!codes.has(what)) continue;
      const time = Math.round(nanos);
      if (time !== last) body.push(`#${time}`);
      last = time;
      body.push(`${level ? 1 : 0}${codes.get(what)}`);
    }
    body.push(`#${Math.max(Math.round(this.#board.nanos), last)}`);
    return [...head, ...body, ''].join('\n');
  }

  write(path) {
    writeFileSync(path, this.text());
  }
}

/** Identifiers are of the printable characters, `!` to `~`. */
function code(number) {
  const digit = String.fromCharCode(33 + (number % 94));
  return number < 94 ? digit : digit + code(Math.floor(number / 94) - 1);
}
