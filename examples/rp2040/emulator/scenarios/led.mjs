// A light that another task sets, once per 1.03 s: flashes of 250 ms, a pattern, and on.
const set = { event: 'set' };
const on = (at_ms) => ({ at_ms, led: { on: true } });
const off = (at_ms) => ({ at_ms, led: { on: false } });

export default {
  for_ms: 4_000,
  stack: 560,
  parts: { led: { model: 'led', pin: 25 } },
  lines: [set, set, set, set],
  looks: [
    on(1),
    on(124),
    off(126),
    off(249),
    on(251),
    off(999),
    on(1_078), // Set at 1030 ms.
    off(1_083),
    on(1_132),
    off(1_183),
    off(1_528),
    on(1_532),
    on(2_100), // On, from 2060 ms.
    on(3_000),
    off(3_217), // Flashes again, from 3090 ms.
    on(3_343),
  ],
  // 0 to 1000 ms, 1080 to 2030 ms, 3215 to 3965 ms.
  end: { led: { changes: 9 + 8 + 7, shortest: [49_900, 50_100] } },
};
