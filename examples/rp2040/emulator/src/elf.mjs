// What of an ELF file goes into memory.
import { readFileSync } from 'node:fs';

const PT_LOAD = 1;

/** The loadable segments of a 32-bit little-endian ELF file: where, and what. */
export function loadable(path) {
  const file = readFileSync(path);
  if (file.length < 52 || file.readUInt32BE(0) !== 0x7f454c46) throw new Error(`${path}: not an ELF file`);
  if (file[4] !== 1 || file[5] !== 1) throw new Error(`${path}: not for a 32-bit little-endian machine`);
  const [table, size, count] = [file.readUInt32LE(28), file.readUInt16LE(42), file.readUInt16LE(44)];
  const segments = [];
  for (let at = table; at < table + size * count; at += size) {
    const [offset, address, length] = [4, 12, 16].map((field) => file.readUInt32LE(at + field));
    if (file.readUInt32LE(at) !== PT_LOAD || length === 0) continue;
    segments.push({ address, bytes: file.subarray(offset, offset + length) });
  }
  return segments;
}
