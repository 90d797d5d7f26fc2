// The devices that a scenario can name. A model is a class with
// - a constructor of the board and of what the scenario says about the part,
// - a method for each thing that can be done to it,
// - `state()`: what a scenario may expect of it.
import { AdcRamp } from './adc.mjs';
import { Button } from './button.mjs';
import { Encoder } from './encoder.mjs';
import { Gps } from './gps.mjs';
import { Hd44780 } from './hd44780.mjs';
import { Htu21d } from './htu21d.mjs';
import { Led } from './led.mjs';
import { NecRemote } from './nec.mjs';
import { Pps } from './pps.mjs';

export const models = {
  adc: AdcRamp,
  button: Button,
  encoder: Encoder,
  gps: Gps,
  hd44780: Hd44780,
  htu21d: Htu21d,
  led: Led,
  nec: NecRemote,
  pps: Pps,
};
