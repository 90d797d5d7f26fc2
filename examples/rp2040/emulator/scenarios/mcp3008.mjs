// A potentiometer between two channels' worth of faults.
const knob = (value, difference) => ({ event: 'knob', value, difference });
const failed = { event: 'converter_failed', error: 'the converter does not answer' };

export default {
  for_ms: 1_950,
  stack: 560,
  parts: {
    chip: { model: 'mcp3008', bus: 0, cs: 6, volts: [1.0, 0.25] },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    [150, 'chip', 'set', 0, 3.3],
    [350, 'chip', 'set', 0, 0],
    [550, 'chip', 'set', 1, -0.05], // Less than ground.
    [750, 'chip', 'unplug'],
    [950, 'chip', 'plug'],
    [1_150, 'chip', 'set', 0, 2.0],
    [1_350, 'chip', 'short'], // It cannot be told from 0 V.
    [1_550, 'chip', 'short', false],
    [1_750, 'chip', 'garble', 2], // The null bit is wrong.
  ],
  lines: [
    knob(310, 232),
    knob(1_023, 946),
    knob(0, 0),
    knob(0, 15),
    failed,
    knob(0, 15),
    knob(620, 636),
    knob(0, 0),
    knob(620, 636),
    failed,
  ],
  looks: [
    { at_ms: 100, led: { on: false } },
    { at_ms: 300, led: { on: true } },
    { at_ms: 500, led: { on: false } },
  ],
  end: { chip: { conversions: 18, violations: 0 } },
};
