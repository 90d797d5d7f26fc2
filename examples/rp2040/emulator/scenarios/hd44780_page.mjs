// Two tasks write to one display, with the slowest oscillator that its data sheet allows. Tenths of
// the bar are eight dots, and characters five: the rest of a tenth is a custom character.
const glass = (text, bar) => ({ lcd: { on: true, rows: [text.padEnd(16), bar.padEnd(16)] } });

export default {
  for_ms: 3_400,
  stack: 560,
  parts: {
    lcd: { model: 'hd44780', rs: 16, e: 17, data: [18, 19, 20, 21], columns: 16, rows: 2, khz: 190 },
  },
  lines: [{ event: 'counted' }, { event: 'counted' }, { event: 'counted' }],
  looks: [
    { at_ms: 380, ...glass('', '█⓪') },
    { at_ms: 680, ...glass('', '███①') },
    { at_ms: 1_100, ...glass('0 s', '████②') },
    { at_ms: 1_290, ...glass('0 s', '██████③') },
    { at_ms: 2_080, ...glass('1 s', '█████████⓪') },
    { at_ms: 3_080, ...glass('2 s', '████████████████') },
  ],
  end: { lcd: { violations: [] } },
};
