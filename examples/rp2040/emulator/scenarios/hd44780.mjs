// A display with the slowest oscillator that its data sheet allows: whatever is
// told to it too soon is lost, and counted.
const glass = (second) => ({ lcd: { on: true, rows: ['Tickwire ⓪ 24 °C', `${second} s             `] } });

export default {
  for_ms: 7_500,
  stack: 610,
  parts: {
    lcd: { model: 'hd44780', rs: 16, e: 17, data: [18, 19, 20, 21], columns: 16, rows: 2, khz: 190 },
    led: { model: 'led', pin: 25 },
  },
  lines: [0, 1, 2, 3, 4, 0, 1, 2].map((second) => ({ event: 'flushed', second })),
  looks: [
    { at_ms: 39, lcd: { on: false, writes: 0 } },
    { at_ms: 500, ...glass(0) },
    { at_ms: 1_500, ...glass(1) },
    { at_ms: 4_500, ...glass(4) },
    { at_ms: 5_500, ...glass(0) }, // After a clear.
  ],
  end: { lcd: { violations: [] } },
};
