// A contact that is to be stable for 20 ms: bounces and a glitch are no change.
const told = (event, from, to) => ({ event, t_us: [from * 1000, to * 1000] });

export default {
  for_ms: 2_000,
  stack: 540,
  parts: {
    contact: { model: 'button', pin: 15, seed: 11 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    [300, 'contact', 'press'],
    [700, 'contact', 'release'],
    [1_000, 'contact', 'glitch', 5_000],
    [1_300, 'contact', 'tap', 200],
  ],
  // 20 ms after the last bounce, of which there are none after 6 ms.
  lines: [
    told('closed', 320, 326.5),
    told('open', 720, 726.5),
    told('closed', 1_320, 1_326.5),
    told('open', 1_520, 1_526.5),
  ],
  looks: [
    { at_ms: 500, led: { on: true } },
    { at_ms: 900, led: { on: false } },
    { at_ms: 1_100, led: { on: false } },
  ],
  end: { led: { changes: 4 } },
};
