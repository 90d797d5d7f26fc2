// Faults as in our scenario. A single refusal fails a measurement. Hundredths are cut off.
import ours from '../../../examples/rp2040/emulator/scenarios/htu21d.mjs';

const climate = (celsius, percent) => ({
  event: 'climate',
  centi_celsius: [celsius - 1, celsius],
  centi_percent: [percent - 1, percent],
});
const failed = (error) => ({ event: 'sensor_failed', error });

export default {
  ...ours,
  stack: undefined,
  lines: [
    climate(2_381, 5_072),
    climate(-550, 9_900),
    failed('bus'),
    climate(-550, 9_900),
    failed('checksum'),
    climate(2_100, 7_499),
    failed('bus'), // Three refusals.
    failed('bus'),
    climate(2_100, 7_499),
    climate(12_800, 11_890),
  ],
};
