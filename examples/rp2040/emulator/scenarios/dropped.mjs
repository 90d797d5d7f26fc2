// Conversions that are given up after 0 to 59 us, of which each takes 27 us and more.
export default {
  for_ms: 50,
  stack: 590,
  parts: {
    chip: { model: 'mcp3008', bus: 0, cs: 6, volts: [3.3] },
    led: { model: 'led', pin: 25 },
  },
  lines: [{ event: 'dropped', transfers: [20, 24], cut: [20, 24], wrong: 0 }],
  end: { led: { on: false } },
};
