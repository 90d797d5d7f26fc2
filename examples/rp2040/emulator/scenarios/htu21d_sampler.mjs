// A sensor that is unplugged and returns, once while it is asked and once between two questions.
const climate = (celsius, percent) => ({
  event: 'climate',
  centi_celsius: celsius,
  centi_percent: percent,
});
const health = (failing, errors, recoveries) => ({ event: 'health', failing, errors, recoveries });

export default {
  for_ms: 6_400,
  stack: 660,
  parts: {
    sensor: { model: 'htu21d', bus: 0, celsius: 23.81, percent: 50.72, slow: true },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    [750, 'sensor', 'unplug'],
    [3_700, 'sensor', 'plug'], // The next attempt finds it.
    [3_900, 'sensor', 'set', { celsius: 21, percent: 75 }],
    [4_800, 'sensor', 'unplug'],
    [4_810, 'sensor', 'plug'], // Nobody asked meanwhile, and its resolution is lost.
    [5_300, 'sensor', 'garble', 1],
  ],
  lines: [
    climate(2_381, 5_072),
    climate(2_381, 5_072),
    health(1, 1, 0),
    health(2, 2, 0),
    health(3, 3, 0),
    health(4, 4, 0),
    climate(2_100, 7_499),
    health(0, 4, 1),
    health(1, 5, 1),
    climate(2_100, 7_499),
    health(0, 5, 2),
    health(1, 6, 2),
    climate(2_100, 7_499),
    health(0, 6, 3),
    climate(2_100, 7_499),
  ],
  looks: [
    { at_ms: 3_600, led: { on: false }, sensor: { user: 0x03 } },
    { at_ms: 3_710, sensor: { user: 0x02 } }, // As after power-on.
    { at_ms: 4_750, led: { on: true }, sensor: { user: 0x03 } },
    { at_ms: 4_815, sensor: { user: 0x02 } },
  ],
  end: { sensor: { user: 0x03 } },
};
