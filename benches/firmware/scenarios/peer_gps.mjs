// A walk as in our scenario, of which the fixes of RMC sentences are reported. After noise with a
// dollar sign in it, the next sentence is lost.
import ours from '../../../examples/rp2040/emulator/scenarios/gps.mjs';

const fix = (latitude_e7, longitude_e7) => ({
  event: 'fix',
  latitude_e7: [latitude_e7 - 1, latitude_e7],
  longitude_e7: [longitude_e7 - 1, longitude_e7],
});
const failed = (error) => ({ event: 'error', error });

export default {
  ...ours,
  stack: undefined,
  lines: [
    fix(514_767_867, 0),
    fix(514_767_867, 200),
    failed('Checksum error!'),
    fix(514_767_817, 600),
    fix(514_767_767, 783),
    { event: 'no_fix' },
    failed('NMEA sentence is too long!'),
  ],
  end: { led: { on: false } },
};
