// What rp2040js 1.4.1 lacks that an interrupt-driven HAL needs, put right from
// outside. They reach into the package's own fields: its version is pinned.
import { shimDma } from './dma.mjs';
import { shimGpio } from './gpio.mjs';
import { shimI2c } from './i2c.mjs';
import { shimTimer } from './timer.mjs';
import { shimUart } from './uart.mjs';

const TIMER = 0x40054;

export function shim(mcu) {
  mcu.gpio.forEach(shimGpio);
  mcu.i2c.forEach(shimI2c);
  mcu.uart.forEach(shimUart);
  shimDma(mcu.dma);
  shimTimer(mcu.peripherals[TIMER]);
}
