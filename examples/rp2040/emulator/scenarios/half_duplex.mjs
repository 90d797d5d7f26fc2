// The device of the tutorial's half-duplex example, with its failures.
const answer = (bytes, retries, dropped) => ({ event: 'answer', bytes, retries, dropped });

export default {
  for_ms: 22_500,
  stack: 1_250,
  parts: {
    device: { model: 'half_duplex', uart: 0, baud: 9_600 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    [2_000, 'device', 'deaf', 1],
    [5_500, 'device', 'deaf', 2],
    [12_500, 'device', 'say', 'unasked'], // Between two commands.
    [14_500, 'device', 'double', 1], // Two answers in a row are longer than the buffer.
  ],
  lines: [
    answer(33, 0, 0),
    answer(33, 1, 0),
    { event: 'no_answer', error: 'the device did not answer' },
    answer(33, 2, 0),
    answer(33, 2, 7),
    { event: 'no_answer', error: 'the answer is longer than the buffer' },
    answer(33, 2, 73),
  ],
  looks: [
    { at_ms: 1_600, led: { on: false } },
    { at_ms: 5_300, led: { on: true } },
    { at_ms: 9_500, led: { on: false } },
  ],
  end: { led: { on: true } },
};
