// A remote control, a pulse per second, an encoder and a knob, each known by its edges.
const told = (knob, ir, pps, a, b) => ({ event: 'inputs', knob, ir, pps, a, b });

export default {
  for_ms: 2_600,
  stack: 620,
  parts: {
    remote: { model: 'nec', pin: 14, stretch: 60 },
    pulses: { model: 'pps', pin: 13 },
    encoder: { model: 'encoder', a: 10, b: 11, micros: 0 },
    knob: { model: 'adc', channel: 0, value: 100 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    [100, 'remote', 'press', 0x04, 0x08, 1], // A frame of 68 edges, and a repeat of 4.
    [600, 'encoder', 'turn', 3],
    [1_100, 'knob', 'ramp', 2_100, 1_000],
    [1_200, 'pulses', 'start'],
    [1_600, 'encoder', 'turn', -2],
  ],
  lines: [
    told(100, 72, 0, 0, 0),
    told(100, 0, 0, 6, 6),
    told([880, 920], 0, 2, 0, 0),
    told([1_880, 1_920], 0, 0, 4, 4),
    told(2_100, 0, 2, 0, 0),
  ],
  end: { remote: { frames: 2 }, pulses: { pulses: 2 }, encoder: { detents: 1 }, knob: { reads: 5 } },
};
