// Sets of two systems, one of which is torn, and of satellites that are lost.
const set = (system, signal, heard, used, best, torn = 0) => ({
  event: 'satellites',
  system,
  signal,
  heard,
  used,
  best,
  torn,
});

const gps = [
  'GPGSV,2,1,05,02,21,318,34,05,68,232,45,07,35,059,41,13,63,283,44,1',
  'GPGSV,2,2,05,30,58,070,,1',
];
const glonass = 'GLGSV,1,1,02,68,38,195,30,78,71,037,39,1';
const used = ['GNGSA,A,3,02,05,07,,,,,,,,,,1.1,0.6,0.9,1', 'GNGSA,A,3,78,,,,,,,,,,,,1.1,0.6,0.9,2'];
const says = (at, sentences) => sentences.map((it, index) => [at + 100 * index, 'gps', 'say', it]);

export default {
  for_ms: 4_000,
  stack: 2_900, // The driver is moved when it gets its decoder.
  parts: {
    gps: { model: 'gps', uart: 0, baud: 9_600 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    ...says(100, [...used, ...gps, glonass]),
    // Without its first sentence.
    ...says(1_100, [gps[1], glonass]),
    ...says(2_100, ['GNGSA,A,1,,,,,,,,,,,,,,,,1', ...gps]),
    [3_100, 'gps', 'raw', '$GPGSV,2,1\r\n\u0000\u00ff$$$'],
    ...says(3_200, gps),
  ],
  lines: [
    set('GPS', 1, 4, 3, 45),
    set('GLONASS', 1, 2, 1, 39),
    set('GLONASS', 1, 2, 1, 39, 1),
    set('GPS', 1, 4, 0, 45, 1),
    set('GPS', 1, 4, 0, 45, 1),
  ],
  looks: [
    { at_ms: 90, led: { on: false } },
    { at_ms: 1_000, led: { on: true } },
    { at_ms: 2_000, led: { on: true } },
  ],
  end: { led: { on: false } },
};
