// The station with all of its devices: pages by clicks, units by a double click,
// a sensor that is unplugged for a while, pulses of the receiver until they stop, a knob that sets a
// limit and the rate of the receiver, a remote control, a dial that dims the light, and in the end ten
// seconds of quiet.
const climate = { event: 'climate', centi_celsius: 2_381, centi_percent: 5_072 };
const cool = { event: 'climate', centi_celsius: 2_299, centi_percent: 5_072 };
const failed = { event: 'sensor_failed', error: 'i2c bus: The device did not acknowledge its address' };
const told = (event, millis) => ({ event, t_us: [millis * 1000, millis * 1000 + 200] });
const view = (page, units) => ({ event: 'view', page, units });
const push = (gesture) => ({ event: 'push', gesture });
const turn = (position, delta) => ({ event: 'turn', position, delta, illegal: 0 });
const key = (command) => ({ event: 'remote', address: 0, command });
const lock = (state) => ({ event: 'lock', state });
const obeyed = (command) => ({ event: 'gps_command', command, outcome: 'Answered(Succeeded)' });
const shows = (...rows) => ({ lcd: { rows: rows.map((row) => (row instanceof RegExp ? row : row.padEnd(20))) } });

export default {
  for_ms: 46_000,
  stack: 3_350,
  parts: {
    button: { model: 'button', pin: 15, seed: 5 },
    sensor: { model: 'htu21d', bus: 0, celsius: 23.81, percent: 50.72 },
    lcd: { model: 'hd44780', rs: 16, e: 17, data: [18, 19, 20, 21], columns: 20, rows: 4, khz: 190 },
    gps: { model: 'gps', uart: 0, baud: 9_600 },
    pps: { model: 'pps', pin: 13, drift_ppm: 25 },
    knob: { model: 'encoder', a: 10, b: 11, seed: 9 },
    push: { model: 'button', pin: 12, seed: 6 },
    remote: { model: 'nec', pin: 14, stretch: 60 },
    dial: { model: 'adc', channel: 0, value: 1_000 },
    light: { model: 'pwm', pin: 22 },
  },
  stimuli: [
    [200, 'gps', 'play', '../replay/captures/walk.nmea', { seconds: 12 }],
    [100, 'pps', 'start'],
    [12_050, 'pps', 'stop'],
    [1_500, 'button', 'tap', 90],
    [3_500, 'button', 'tap', 90],
    [5_500, 'button', 'tap', 80],
    [5_700, 'button', 'tap', 80],
    [8_100, 'sensor', 'unplug'],
    [12_100, 'sensor', 'plug'],
    [15_000, 'button', 'tap', 1_300],
    [18_100, 'knob', 'turn', 1], // Counters.
    [18_300, 'remote', 'press', 0, 0x5e, 1], // 3.
    [18_600, 'push', 'tap', 90],
    [18_900, 'knob', 'turn', 1],
    [19_100, 'push', 'tap', 90],
    [19_300, 'knob', 'turn', -13, { each_ms: 40 }], // It is 23.81 degrees: too hot from 23.5 on.
    [22_300, 'push', 'tap', 1_200],
    [24_500, 'remote', 'press', 0, 0x15], // +, to the next page.
    [24_700, 'remote', 'press', 1, 0x0c], // Another remote control.
    [25_500, 'remote', 'press', 0, 0x5e],
    [26_300, 'dial', 'set', 3_000],
    [26_510, 'dial', 'set', 3_040], // Within the dead band.
    [26_000, 'sensor', 'set', { celsius: 23.0, percent: 50.72 }],
    [28_300, 'remote', 'press', 0, 0x42], // 7.
    [29_000, 'push', 'tap', 90],
    [29_600, 'knob', 'turn', 1],
    [31_000, 'remote', 'press', 0, 0x5e],
  ],
  ignore: ['gps_quiet', 'fix'],
  lines: [
    { event: 'brightness', percent: 24 },
    climate,
    { event: 'fix_found' },
    obeyed(605), // After the first sentences, which take half a second.
    obeyed(414),
    lock('Tentative'),
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
    lock('Locked'),
    failed,
    failed,
    lock('Holdover'),
    climate,
    told('press', 15_000),
    told('long', 16_000),
    climate,
    told('release', 16_300),
    climate,
    turn(1, 1),
    view('Counters', 'Imperial'),
    key(0x5e),
    view('Climate', 'Imperial'),
    { event: 'remote_repeat' }, // It is a short one.
    push('press'),
    push('release'),
    push('click'),
    view('Limits', 'Imperial'),
    { event: 'focus', on: 'limit', limit: 'Cold' },
    turn(2, 1),
    { event: 'focus', on: 'limit', limit: 'Hot' },
    push('press'),
    push('release'),
    push('click'),
    { event: 'focus', on: 'value', limit: 'Hot' },
    ...Array.from({ length: 13 }, (_, i) => [
      turn(1 - i, -1),
      { event: 'limit', limit: 'Hot', value: 2_950 - 50 * i },
    ]).flat(),
    { event: 'alarm', limit: 'Hot', on: true },
    climate,
    climate,
    push('press'),
    push('long'),
    { event: 'focus', on: 'page' },
    push('release'),
    climate,
    key(0x15),
    view('Pulses', 'Imperial'),
    { event: 'remote', address: 1, command: 0x0c },
    key(0x5e),
    view('Climate', 'Imperial'),
    cool,
    { event: 'alarm', limit: 'Hot', on: false },
    { event: 'brightness', percent: 74 },
    cool,
    key(0x42),
    view('Settings', 'Imperial'),
    push('press'),
    push('release'),
    push('click'),
    { event: 'focus', on: 'rate' },
    turn(-10, 1),
    obeyed(220),
    cool,
    key(0x5e),
    view('Climate', 'Imperial'),
    { event: 'focus', on: 'page' },
    ...Array.from({ length: 7 }, () => cool),
  ],
  looks: [
    {
      at_ms: 1_400,
      ...shows("      51° 28.6072' N", "       0° 00.0012' E", '              46.1 m', '3D  9 sats HDOP 0.90'),
    },
    { at_ms: 3_000, ...shows('2026-06-21', '12:00:02.000 UTC', '5.06 km/h ESE', '3D  9 sats HDOP 0.90') },
    { at_ms: 5_000, ...shows('23.8°C  50.72 %', 'dew point 13.0°C   ⓪', '23.8°C to 23.8°C   █', '50.72 to 50.72 %') },
    { at_ms: 7_000, ...shows('74.9°F  50.72 %', 'dew point 55.4°F   ⓪', '74.9°F to 74.9°F   █', '50.72 to 50.72 %') },
    { at_ms: 11_000, ...shows('No sensor', '1 failures', '', '') },
    { at_ms: 22_000, ...shows(' cold below  50.0°F ', '*hot above   74.3°F!', ' dry below     30 % ', ' damp above    70 % ') },
    // Every other second.
    { at_ms: 25_740, ...shows('74.9°F  50.72 %', 'dew point 55.4°F   ⓪', '74.9°F to 74.9°F   █', ' hot above   74.3°F!') },
    {
      at_ms: 25_300,
      // If all stamps are equally late, the error is 18 µs: 2 of the phase, and 13.6 s times 12/11 + 0.1 µs. A stamp
      // is a microsecond later if another interrupt is served first. A mean distance of 1 µs from the line adds 4 µs,
      // and 13.6 s times 12/11 µs. The line turns by 0.136 ppm at most: 12 / (11 * 120) times 1 + 2 + 3 + 4 + 5.
      ...shows(
        '12:00:24    holdover',
        '11 pulses   13 s ago',
        /^error {10}(1[89]|2\d|3[0-7]) µs$/,
        /^drift {4}-2(4\.(8[6-9]|9\d)|5\.(0\d|1[0-3]))\d ppm$/,
      ),
    },
    { at_ms: 26_250, light: { permille: 240 } },
    { at_ms: 27_000, light: { permille: 740 }, ...shows('73.4°F  50.72 %', 'dew point 54.1°F   ⓪', '73.4°F to 74.9°F   █', '50.72 to 50.72 %') },
    { at_ms: 28_900, ...shows('AXN_5.1.7_3333_19020', 'GGARMCGSAGSVVTGGLL', ' rate        unknown', 'PMTK414         done') },
    { at_ms: 30_900, ...shows('AXN_5.1.7_3333_19020', 'GGARMCGSAGSVVTGGLL', '*rate           5 Hz', 'PMTK220         done') },
    { at_ms: 17_000, ...shows('74.9°F  50.72 %', 'dew point 55.4°F   ⓪', '74.9°F to 74.9°F   █', '50.72 to 50.72 %') },
  ],
  end: {
    lcd: { violations: [] },
    gps: { waiting: 0, heard: '$PMTK605*31\r\n$PMTK414*33\r\n$PMTK220,200*2C\r\n' },
    knob: { detents: -10 },
    remote: { frames: 7 },
  },
  // The page is drawn each second, the climate is measured every two, the receiver is
  // silent, the dial is read every 50 ms. Which of the timer's entries is looked at first differs
  // by some instructions.
  spans: [
    { name: 'a refresh', from_ms: 37_600, to_ms: 37_800 },
    { name: 'a measurement', from_ms: 38_000, to_ms: 38_200 },
    { name: 'a reading', from_ms: 38_240, to_ms: 38_260 },
    {
      name: 'ten idle seconds',
      from_ms: 35_200,
      to_ms: 45_200,
      // Four readings are in a refresh, and in a measurement.
      most: (spans) =>
        1.01 * (10 * spans['a refresh'] + 5 * spans['a measurement'] + (200 - 15 * 4) * spans['a reading']),
    },
  ],
  // Between two readings, but for the beginning of a second and its refresh.
  quiet: Array.from({ length: 10 }, (_, i) => 35_000 + i * 1_000).flatMap((second) =>
    [200, 250, 300, 350, 400, 450, 500, 550, 600, 800, 850, 900, 950].map((ms) => [second + ms + 5, second + ms + 45]),
  ),
};
