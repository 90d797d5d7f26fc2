// node run.mjs FIRMWARE.elf [SCENARIO] [--vcd FILE] [--twice] [--trace] [--quiet] [--for MS]
//
// Runs a firmware with the devices of a scenario: a file, or a name in scenarios/;
// without one with that of the firmware's own name. Status 0 if all came as the
// scenario says, 1 if not, 2 if it could not be run.
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { play } from './src/scenario.mjs';

const OPTIONS = {
  vcd: { type: 'string' },
  twice: { type: 'boolean' },
  trace: { type: 'boolean' },
  quiet: { type: 'boolean' },
  for: { type: 'string' },
};

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS });
  process.exitCode = await main(values, ...positionals);
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}

async function main(values, elf, name) {
  if (!elf) throw new Error('node run.mjs FIRMWARE.elf [SCENARIO] [--vcd FILE] [--twice] [--trace] [--quiet] [--for MS]');
  if (!existsSync(elf)) throw new Error(`there is no firmware ${elf}`);
  const file = find(name ?? basename(elf, '.elf'));
  if (!existsSync(file)) throw new Error(`there is no scenario ${file}`);
  const { default: scenario } = await import(pathToFileURL(file));
  if (values.for) scenario.for_ms = Number(values.for);
  const say = values.quiet ? undefined : (line) => console.log(line);
  const first = play(elf, scenario, { say, vcd: values.vcd, trace: values.trace && console.error });
  const problems = [...first.problems];
  if (values.twice) {
    const second = play(elf, scenario);
    if (second.figures.instructions !== first.figures.instructions) {
      problems.push(`a second run took ${second.figures.instructions} instructions, not ${first.figures.instructions}`);
    }
    if (JSON.stringify(second.lines) !== JSON.stringify(first.lines)) problems.push('a second run told something else');
  }
  for (const problem of problems) console.error(`FAILED ${problem}`);
  const { figures } = first;
  // What a program that proves something comes to. Counts have tabs.
  const verdict = first.lines.findLast((line) => line.text && !line.text.includes('\t'))?.text;
  const spans = Object.entries(figures.spans).map(([span, count]) => `, ${span} ${count}`);
  console.log(
    `${verdict ? `${verdict}; ` : ''}${figures.micros} us, ${figures.instructions} instructions${spans.join('')}, ` +
      `stack ${figures.stack} bytes, asleep ${(100 * figures.asleep).toFixed(2)} %`,
  );
  return problems.length ? 1 : 0;
}

function find(name) {
  const own = fileURLToPath(new URL(`scenarios/${name}.mjs`, import.meta.url));
  return name.endsWith('.mjs') && existsSync(name) ? resolve(name) : own;
}
