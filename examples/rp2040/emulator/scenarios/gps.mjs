// A recorded walk at its baud rate, with a garbled second and a lost fix in it.
const fix = (latitude_e7, longitude_e7, accepted, bad_checksum = 0) => ({
  event: 'fix',
  latitude_e7,
  longitude_e7,
  accepted,
  bad_checksum,
});

export default {
  for_ms: 8_000,
  stack: 1_180,
  parts: {
    gps: { model: 'gps', uart: 0, baud: 9_600 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    [100, 'gps', 'play', '../replay/captures/walk.nmea', { seconds: 5 }],
    [2_120, 'gps', 'garble', 1], // In the middle of a sentence.
    [6_000, 'gps', 'say', 'GPRMC,120010.000,V,,,,,,,210626,,,N'],
    [7_000, 'gps', 'raw', '$GPRMC,1200\r\n\u0000\u00ff$$$'],
    [7_100, 'gps', 'say', 'GPRMC,092751.000,A,5321.6802,N,00630.3371,W,0.06,31.66,280511,,,A'],
  ],
  lines: [
    { event: 'fix_found' },
    fix(514_767_867, 0, 1),
    fix(514_767_867, 0, 2),
    fix(514_767_867, 200, 8),
    fix(514_767_867, 200, 9),
    fix(514_767_850, 400, 15, 1),
    fix(514_767_817, 600, 21, 1),
    fix(514_767_817, 600, 22, 1),
    fix(514_767_767, 783, 28, 1),
    fix(514_767_767, 783, 29, 1),
    { event: 'fix_lost' },
    { event: 'fix_found' },
    fix(533_613_367, -65_056_183, 36, 1),
  ],
  looks: [
    { at_ms: 90, led: { on: false } },
    { at_ms: 5_900, led: { on: true } },
    { at_ms: 6_900, led: { on: false } },
  ],
  end: { led: { on: true } },
};
