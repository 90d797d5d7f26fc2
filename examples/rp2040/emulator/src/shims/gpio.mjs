// GPIO inputs of rp2040js 1.4.1: `setInputValue` latches an edge on every call,
// also without a change; pull resistors pull nothing; the level bits are unset
// until the first call (RP2040 datasheet, 2.19.3 and 2.19.6).

/**
 * Makes a pin latch changes only, and lets its pull resistors pull. Afterwards
 * `pin.external` is the level that something outside drives it to, or null.
 */
export function shimGpio(pin) {
  const set = pin.setInputValue.bind(pin);
  let seen;
  pin.external = null;
  pin.setInputValue = () => {
    const level = pin.external ?? pin.pullupEnabled;
    const effective = level && pin.inputEnable;
    pin.rawInputValue = level;
    if (effective === seen) return;
    seen = effective;
    set(level);
  };
  const check = pin.checkForUpdates.bind(pin);
  pin.checkForUpdates = () => {
    check();
    pin.setInputValue(); // A pull resistor may have been switched.
  };
  pin.setInputValue();
}
