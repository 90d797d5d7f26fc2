// Numbers that look like chance and are the same in every run.

/** xorshift32 (Marsaglia, "Xorshift RNGs"): returns a function of [0, 1). */
export function random(seed) {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < 16; i++) next(); // Seeds that are alike begin alike.
  return next;
}

/**
 * When a contact that changes at 0 toggles, in microseconds: an odd number of
 * times, so that it ends up changed, within `micros`.
 */
export function bounces(chance, { most, micros }) {
  const pairs = Math.floor(chance() * (most + 1));
  const times = Array.from({ length: 2 * pairs }, () => chance() * micros);
  return [0, ...times.sort((a, b) => a - b)];
}
