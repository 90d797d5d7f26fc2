// A receiver that does not hear the first command, and answers the one after a loss twice. Then it
// acknowledges a command of another host.
export default {
  for_ms: 13_000,
  stack: 1_950,
  parts: {
    gps: { model: 'gps', uart: 0, baud: 9_600 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    [0, 'gps', 'deaf', 1],
    [100, 'gps', 'play', '../replay/captures/walk.nmea', { seconds: 5 }],
    [6_000, 'gps', 'double', 1],
    [9_000, 'gps', 'play', '../replay/captures/walk.nmea', { seconds: 3 }],
    [8_500, 'gps', 'say', 'PMTK001,220,3'],
  ],
  lines: [
    { event: 'answer', is_done: true },
    { event: 'position', doubled: 0, foreign: 0 },
    { event: 'lost' },
    { event: 'answer', is_done: true },
    { event: 'position', doubled: 1, foreign: 1 },
  ],
  looks: [
    { at_ms: 1_900, gps: { commands: 0 }, led: { on: false } },
    { at_ms: 4_900, gps: { commands: 1 }, led: { on: true } },
  ],
  end: { gps: { commands: 2 }, led: { on: true } },
};
