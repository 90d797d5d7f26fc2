// A receiver is made faster, loses its speed, is found and made faster again, and then obeys no
// more. At a wrong speed the UART reports framing errors.
const SENTENCE = 'GPGLL,4916.45,N,12311.12,W,225444,A';
const seconds = Array.from({ length: 16 }, (_, second) => second);
const heard = (baud, from, to) => ({ event: 'heard', baud, t_us: [from * 1_000, to * 1_000] });

export default {
  for_ms: 16_000,
  stack: 1_950,
  parts: {
    gps: { model: 'gps', uart: 0, baud: 9_600 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    ...seconds.map((second) => [second * 1_000, 'gps', 'say', SENTENCE]),
    [3_500, 'gps', 'forget'],
    [12_000, 'gps', 'forget'],
    [12_000, 'gps', 'disobey'],
  ],
  ignore: ['garbled'],
  lines: [
    heard(115_200, 130, 160),
    heard(9_600, 5_700, 5_800), // 1.6 s at 115,200 baud without an answer come first.
    heard(115_200, 5_900, 6_000),
    heard(9_600, 13_700, 13_800),
    heard(9_600, 15_500, 15_600), // It was told its new speed, and kept the old one.
  ],
  looks: [
    { at_ms: 120, led: { on: false }, gps: { baud: 115_200 } },
    { at_ms: 3_400, led: { on: true } },
    { at_ms: 5_600, led: { on: false }, gps: { baud: 9_600 } },
    { at_ms: 11_900, led: { on: true }, gps: { baud: 115_200 } },
  ],
  end: { led: { on: false }, gps: { baud: 9_600 } },
};
