// A receiver whose seconds are 50 ppm shorter than the board's. Three pulses are missing.
const second = 1e6 * (1 - 50 / 1e6);
const sentence = (at) =>
  `GPRMC,1200${String(at).padStart(2, '0')}.000,A,5321.6802,N,00630.3371,W,0.06,31.66,210626,,,A`;

// An edge is stamped, and the line is written, within 60 us of the pulse.
const told = (pulse) => ({
  event: 'second',
  t_us: [1e6 + pulse * second, 1e6 + pulse * second + 60],
  of_day: 43_201 + pulse,
  subsec_us: [0, 60],
  pulses: pulse < 12 ? pulse + 1 : pulse - 2,
  drift_ppb: pulse ? [-50_010, -49_990] : 0,
  error_us: pulse < 3 ? 10_000 : [1, 5],
  missed: pulse < 12 ? 0 : 3,
});
const numbers = (from, to) => Array.from({ length: to - from }, (_, at) => from + at);

export default {
  for_ms: 20_500,
  stack: 1_400,
  parts: {
    gps: { model: 'gps', uart: 0, baud: 9_600 },
    pps: { model: 'pps', pin: 13, drift_ppm: 50 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    ...numbers(0, 20).map((at) => [900 + at * 1_000, 'gps', 'say', sentence(at)]),
    [1_000, 'pps', 'start'],
    [12_500, 'pps', 'stop'],
    [1_000 + (15 * second) / 1_000, 'pps', 'start'],
  ],
  lines: [...numbers(0, 12), ...numbers(15, 20)].map(told),
  looks: [
    { at_ms: 7_900, led: { on: false } },
    { at_ms: 9_000, led: { on: true } },
    { at_ms: 14_500, led: { on: false } },
  ],
  end: { led: { on: true } },
};
