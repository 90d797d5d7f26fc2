// A board without a processor: time, and pins that remember.
import { Agenda } from './agenda.mjs';

export class Bench {
  nanos = 0;
  edges = [];
  names = new Map();
  #levels = new Map();
  #watchers = [];

  agenda = new Agenda(() => this.nanos);

  get micros() {
    return this.nanos / 1000;
  }

  after(micros, act) {
    this.agenda.at(this.nanos + micros * 1000, act);
  }

  drive(pin, level) {
    const before = this.#levels.get(pin);
    this.#levels.set(pin, level);
    if (before === undefined || before === level) return;
    this.edges.push({ pin, level, at: this.micros });
    for (const seen of this.#watchers) seen(pin, level, this.nanos);
  }

  level(pin) {
    return this.#levels.get(pin) ?? false;
  }

  watch(seen) {
    this.#watchers.push(seen);
  }

  name(what, name) {
    this.names.set(what, name);
  }

  trace() {}

  /** Lets time pass. */
  pass(micros) {
    const end = this.nanos + micros * 1000;
    while (this.agenda.next <= end) {
      this.nanos = Math.max(this.nanos, this.agenda.next);
      this.agenda.run();
    }
    this.nanos = end;
  }
}
