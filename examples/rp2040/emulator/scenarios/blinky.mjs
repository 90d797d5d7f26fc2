// The light changes four times a second, a tick more or less.
export default {
  for_ms: 5_000,
  stack: 240,
  parts: { led: { model: 'led', pin: 25 } },
  lines: [],
  end: { led: { changes: [20, 21], shortest: [249_990, 250_020], longest: [249_990, 250_020] } },
};
