// What is to happen at which emulated time.

/** Times are sums of fractions of a nanosecond: nearer than that is now. */
const NOW = 0.5;

/**
 * Things to do in order of time; those of the same time in the order in which
 * they were asked for. `now` gives the time in nanoseconds, `arm` is called with
 * the time of the first thing whenever that changes.
 */
export class Agenda {
  #items = [];
  #now;
  #arm;

  constructor(now, arm = () => {}) {
    this.#now = now;
    this.#arm = arm;
  }

  /** When the first thing is to happen; undefined if nothing is. */
  get next() {
    return this.#items[0]?.at;
  }

  /** Does `act` at a time in nanoseconds, or at once if that is past. */
  at(nanos, act) {
    const at = Math.max(nanos, this.#now());
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#items[middle].at <= at) low = middle + 1;
      else high = middle;
    }
    this.#items.splice(low, 0, { at, act });
    if (low === 0) this.#arm(at);
  }

  /** Does what is due. */
  run() {
    while (this.#items.length && this.#items[0].at <= this.#now() + NOW) this.#items.shift().act();
    if (this.#items.length) this.#arm(this.#items[0].at);
  }
}
