// Pins and a serial line that lead back; the program counts its own instructions.
export default {
  for_ms: 60_000,
  ends: 'exit',
  parts: {
    pins: { model: 'jumper', from: 14, to: 15 },
    line: { model: 'jumper', uart: 0 },
  },
};
