// A sensor that is as slow as it may be, and all that can go wrong with it.
const climate = (celsius, percent) => ({
  event: 'climate',
  centi_celsius: celsius,
  centi_percent: percent,
});
const failed = (error) => ({ event: 'sensor_failed', error });

export default {
  for_ms: 4_900,
  stack: 560,
  parts: {
    sensor: { model: 'htu21d', bus: 0, celsius: 23.81, percent: 50.72, slow: true },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    [400, 'sensor', 'set', { celsius: -5.5, percent: 99 }],
    [900, 'sensor', 'unplug'],
    [1_400, 'sensor', 'plug'], // It starts anew, and is asked while it does.
    [1_900, 'sensor', 'garble', 1],
    [2_400, 'sensor', 'set', { celsius: 21, percent: 75 }],
    [2_900, 'sensor', 'refuse', 3], // A few refusals are borne.
    [3_400, 'sensor', 'refuse', 1_000_000], // For ever is too long.
    [3_900, 'sensor', 'refuse', 0],
    [4_400, 'sensor', 'set', { celsius: 128, percent: 118.9, slow: false }],
  ],
  lines: [
    climate(2_381, 5_072),
    climate(-550, 9_900),
    failed('i2c bus: The device did not acknowledge its address'),
    climate(-550, 9_900),
    failed('wrong checksum'),
    climate(2_100, 7_499),
    climate(2_100, 7_499),
    failed('i2c bus: The device did not acknowledge its address'),
    climate(2_100, 7_499),
    climate(12_800, 11_890),
  ],
  looks: [
    { at_ms: 300, led: { on: false } },
    { at_ms: 2_800, led: { on: true } }, // 75 % is damp.
  ],
};
