// A light that breathes: half a second up, half a second down, as the eye sees it, and dark.
const lit = (at_ms, ...permille) => ({ at_ms, light: { permille } });

export default {
  for_ms: 1_600,
  stack: 300,
  parts: { light: { model: 'pwm', pin: 16 } },
  lines: [],
  looks: [
    // Lightness in percent, and its luminance: 20 is 30, 40 is 113, 60 is 281, 80 is 567.
    lit(100, 23, 31),
    lit(200, 95, 114),
    lit(300, 245, 283),
    lit(400, 510, 570),
    lit(498, 930, 1_000),
    lit(600, 560, 620),
    lit(700, 280, 310),
    lit(800, 110, 130),
    lit(900, 29, 37),
    lit(1_050, 0, 0),
    lit(1_450, 0, 0),
  ],
  // 2 kHz, but for half a second in the dark.
  end: { light: { permille: [20, 31], period_us: [499, 501], periods: [2_100, 2_300] } },
};
