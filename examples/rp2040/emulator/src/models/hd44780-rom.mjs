// The characters of ROM code A00 (HD44780U data sheet, table 4).

const OTHERS = new Map(
  Object.entries({
    0x5c: '¥', 0x7e: '→', 0x7f: '←', 0xa1: '｡', 0xa5: '･', 0xb0: 'ｰ', 0xdf: '°',
    0xe0: 'α', 0xe1: 'ä', 0xe2: 'β', 0xe3: 'ε', 0xe4: 'µ', 0xe5: 'σ', 0xe6: 'ρ', 0xee: 'ñ', 0xef: 'ö',
    0xf2: 'θ', 0xf3: '∞', 0xf4: 'Ω', 0xf5: 'ü', 0xf6: 'Σ', 0xf7: 'π', 0xfd: '÷', 0xff: '█',
  }).map(([code, text]) => [Number(code), text]),
);

/** What a cell shows: the custom characters as ⓪ to ⑦, what is not listed as �. */
export function character(code) {
  if (code < 0x10) return '⓪①②③④⑤⑥⑦'[code & 7];
  const other = OTHERS.get(code);
  if (other !== undefined) return other;
  return code >= 0x20 && code < 0x7e ? String.fromCharCode(code) : '\ufffd';
}
