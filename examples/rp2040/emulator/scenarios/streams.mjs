// A sender that changes the form of what it sends, with a garbled frame and a line too long.
const item = (bytes) => ({ event: 'item', bytes });
const error = { event: 'error' };
// "123456789" and its checksum, 0x906e, encoded by COBS.
const frame = '\u000c123456789\u006e\u0090\u0000';

// 20 of one task and 17 of another, each whole.
const messages = /^(This program reads lines, and tells of each of them\.\r\n|an (item|error)\r\n){37}$/;

export default {
  for_ms: 2_000,
  stack: 660,
  parts: {
    sender: { model: 'gps', uart: 0, baud: 9_600 },
    led: { model: 'led', pin: 25 },
  },
  stimuli: [
    [100, 'sender', 'raw', 'one\r\ntwo\rthr'],
    [200, 'sender', 'raw', 'ee\nfar too long a line\nbytes\nabcrecord\na;'],
    [400, 'sender', 'raw', 'block\nab'],
    [412, 'sender', 'raw', 'cd'], // Still the same block.
    [500, 'sender', 'raw', `frame\n${frame}frame\n`],
    [600, 'sender', 'garble', 1],
    [601, 'sender', 'raw', frame],
    [700, 'sender', 'raw', `frame\n${frame}end\n`],
  ],
  lines: [
    item('one'),
    item('two'),
    item('three'),
    error,
    item('bytes'),
    item('abc'),
    item('record'),
    item('a'),
    item('block'),
    item('abcd'),
    item('frame'),
    item('123456789'),
    item('frame'),
    error,
    item('frame'),
    item('123456789'),
    item('end'),
  ],
  looks: [
    { at_ms: 90, led: { on: false } },
    { at_ms: 190, led: { on: true } },
    { at_ms: 690, led: { on: false } },
  ],
  end: { led: { on: true }, sender: { heard: messages } },
};
