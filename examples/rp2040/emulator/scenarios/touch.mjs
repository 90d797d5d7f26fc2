// A hand over a light sensor, which is covered at the start and in the evening.
const told = (gesture, ...t_us) => ({ event: 'touch', gesture, t_us });

export default {
  for_ms: 3_800,
  stack: 620,
  parts: {
    sensor: { model: 'adc', channel: 0, value: 900 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    [200, 'sensor', 'set', 3_000], // Uncovered: from here on, it can be touched.
    [400, 'sensor', 'set', 2_410], // 80 %.
    [500, 'sensor', 'set', 2_390],
    [600, 'sensor', 'set', 2_500], // Within the hysteresis.
    [700, 'sensor', 'set', 2_600],
    [1_200, 'sensor', 'set', 1_000],
    [2_400, 'sensor', 'set', 3_000],
    [2_500, 'sensor', 'ramp', 2_700, 1_000],
  ],
  lines: [
    told('press', 500_000, 545_000),
    told('release', 700_000, 745_000),
    told('press', 1_200_000, 1_245_000),
    told('long', 2_200_000, 2_245_000),
    told('release', 2_400_000, 2_445_000),
  ],
  looks: [
    { at_ms: 480, led: { on: false } },
    { at_ms: 650, led: { on: true } },
    { at_ms: 760, led: { on: false } },
  ],
  end: { led: { on: false, changes: 4 }, sensor: { reads: [188, 191] } },
};
