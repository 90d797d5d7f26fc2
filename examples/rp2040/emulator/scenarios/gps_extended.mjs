// A receiver of several systems that starts anew, after which it is told again what to send, and
// that then fails to do so more often than the command is repeated.
const update = (is_exact, dated, modes) => ({ event: 'update', is_exact, dated, modes });
const reply = (has_started, is_due = has_started) => ({ event: 'reply', has_started, is_due });

const says = (at, ...sentences) => sentences.map((it, index) => [at + 200 * index, 'gps', 'say', it]);

export default {
  for_ms: 4_000,
  stack: 1_900,
  parts: {
    gps: { model: 'gps', uart: 0, baud: 9_600 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    ...says(
      500,
      'GPGST,150119.000,004.0,008.7,004.7,132.3,006.8,007.2,00014',
      'GNGNS,191503.01,3645.876324,N,03124.670280,E,AAN,08,1.3,-6.7,32.0,,,V',
      'GPZDA,191503.01,28,11,2026,00,00',
      'GPGST,232713.000,1.3,105.1,9.1,-40.9,0.3,0.3,0.6',
    ),
    [2_000, 'gps', 'raw', '$GPGST,,,,\r\n\u0000$$'],
    [2_500, 'gps', 'say', 'PMTK010,001'],
    ...says(3_000, 'GPGST,150120.000,004.0,008.7,004.7,132.3,006.8,007.2,00014'),
    ...says(3_300, 'PMTK001,314,1', 'PMTK001,314,2', 'PMTK001,314,2'),
  ],
  lines: [
    reply(false),
    update(false, false, false),
    update(false, false, true),
    update(false, true, true),
    update(true, true, true),
    reply(true),
    reply(false),
    update(false, true, true),
    reply(false),
    reply(false, true),
    reply(false),
    reply(false),
  ],
  looks: [
    { at_ms: 450, led: { on: false }, gps: { commands: 1 } },
    { at_ms: 1_900, led: { on: true }, gps: { commands: 1 } },
  ],
  end: { led: { on: false }, gps: { commands: 3 } },
};
