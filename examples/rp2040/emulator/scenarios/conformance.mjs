// What every backend must pass: the program says what it has checked, and ends itself.
// It sleeps until the timer's low half wraps, every 72 minutes, some sixty times.
export default { for_ms: 300_000_000, ends: 'exit', stack: 1_900 };
