// The station with all of its devices: pages by clicks, units by a double click,
// a sensor that is unplugged for a while, and in the end ten seconds of quiet.
const climate = { event: 'climate', centi_celsius: 2_381, centi_percent: 5_072 };
const failed = { event: 'sensor_failed', error: 'i2c bus: The device did not acknowledge its address' };
const told = (event, millis) => ({ event, t_us: [millis * 1000, millis * 1000 + 200] });
const view = (page, units) => ({ event: 'view', page, units });
const shows = (...rows) => ({ lcd: { rows: rows.map((row) => row.padEnd(20)) } });

export default {
  for_ms: 36_000,
  stack: 3_350,
  parts: {
    button: { model: 'button', pin: 15, seed: 5 },
    sensor: { model: 'htu21d', bus: 0, celsius: 23.81, percent: 50.72 },
    lcd: { model: 'hd44780', rs: 16, e: 17, data: [18, 19, 20, 21], columns: 20, rows: 4, khz: 190 },
    gps: { model: 'gps', uart: 0, baud: 9_600 },
  },
  stimuli: [
    [200, 'gps', 'play', '../replay/captures/walk.nmea', { seconds: 5 }],
    [1_500, 'button', 'tap', 90],
    [3_500, 'button', 'tap', 90],
    [5_500, 'button', 'tap', 80],
    [5_700, 'button', 'tap', 80],
    [8_100, 'sensor', 'unplug'],
    [12_100, 'sensor', 'plug'],
    [15_000, 'button', 'tap', 1_300],
  ],
  ignore: ['gps_quiet', 'fix'],
  lines: [
    climate,
    { event: 'fix_found' },
    told('press', 1_500),
    told('release', 1_590),
    told('click', 1_900), // 400 ms after the press it is certain that it was one.
    view('Time', 'Metric'),
    climate,
    told('press', 3_500),
    told('release', 3_590),
    told('click', 3_900),
    view('Climate', 'Metric'),
    climate,
    told('press', 5_500),
    told('release', 5_580),
    told('press', 5_700),
    told('double', 5_700),
    view('Climate', 'Imperial'),
    told('release', 5_780),
    climate,
    climate,
    failed,
    failed,
    climate,
    told('press', 15_000),
    told('long', 16_000),
    climate,
    told('release', 16_300),
    ...Array.from({ length: 9 }, () => climate),
  ],
  looks: [
    {
      at_ms: 1_400,
      ...shows("      51° 28.6072' N", "       0° 00.0012' E", '              46.1 m', '3D  9 sats HDOP 0.90'),
    },
    { at_ms: 3_000, ...shows('2026-06-21', '12:00:02.000 UTC', '5.06 km/h ESE', '3D  9 sats HDOP 0.90') },
    { at_ms: 5_000, ...shows('23.8°C  50.72 %', 'dew point 13.0°C', '23.8°C to 23.8°C', '50.72 to 50.72 %') },
    { at_ms: 7_000, ...shows('74.9°F  50.72 %', 'dew point 55.4°F', '74.9°F to 74.9°F', '50.72 to 50.72 %') },
    { at_ms: 11_000, ...shows('No sensor', '1 failures', '', '') },
    { at_ms: 17_000, ...shows('74.9°F  50.72 %', 'dew point 55.4°F', '74.9°F to 74.9°F', '50.72 to 50.72 %') },
  ],
  end: { lcd: { violations: [] }, gps: { waiting: 0 } },
  // The page is drawn each second, the climate is measured every two, the receiver is
  // silent. Which of the timer's entries is looked at first differs by some instructions.
  spans: [
    { name: 'a refresh', from_ms: 27_600, to_ms: 27_800 },
    { name: 'a measurement', from_ms: 28_000, to_ms: 28_200 },
    {
      name: 'ten idle seconds',
      from_ms: 25_200,
      to_ms: 35_200,
      most: (spans) => 1.01 * (10 * spans['a refresh'] + 5 * spans['a measurement']),
    },
  ],
  quiet: Array.from({ length: 10 }, (_, i) => 25_000 + i * 1_000).flatMap((second) => [
    [second + 180, second + 640],
    [second + 760, second + 990],
  ]),
};
