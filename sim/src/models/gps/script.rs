//! The schedule of a receiver's sentences.

use std::ops::Range;

use tickwire_traits::Duration;

/// Longer gaps are played as one second: a receiver that is silent for hours because its
/// log was cut is of no use.
const LONGEST_GAP_MS: u64 = 10_000;

const DAY_MS: u64 = 86_400_000;

/// A log, cut into bursts.
#[derive(Clone, Debug)]
pub(super) struct Script {
    /// The offset of each burst from the first, and its bytes.
    bursts: Vec<(Duration, Range<usize>)>,
    /// The offset of the first whole UTC second.
    first_second: Duration,
    period: Duration,
}

impl Script {
    /// Creates a schedule with a single burst.
    pub(super) fn continuous(log: &[u8]) -> Self {
        let bursts = if log.is_empty() { vec![] } else { vec![(Duration::ZERO, 0..log.len())] };
        Self { bursts, first_second: Duration::ZERO, period: Duration::ZERO }
    }

    /// Creates a schedule with a burst per UTC time. Lines without a time join the burst before.
    pub(super) fn epochs(log: &[u8]) -> Self {
        let mut script = Self::continuous(&[]);
        let mut first = None;
        let mut last = None;
        let mut end = 0;
        let mut offset = 0;
        for line in log.split_inclusive(|byte| *byte == b'\n') {
            let begin = end;
            end += line.len();
            let time = utc_ms(line);
            match script.bursts.last_mut() {
                Some((_, burst)) if time.is_none() || last.is_none() || time == last => {
                    burst.end = end;
                }
                before => {
                    if before.is_some() {
                        offset += gap(last, time);
                    }
                    script.bursts.push((Duration::from_millis(offset), begin..end));
                }
            }
            last = time.or(last);
            first = first.or(time);
        }
        let into_second = first.unwrap_or(0) % 1_000;
        script.first_second = Duration::from_millis((1_000 - into_second) % 1_000);
        // Whole seconds, so that the pulses stay in step.
        script.period = Duration::from_secs((offset + 1_000).div_ceil(1_000));
        script
    }

    /// Returns the offset of a burst from the first.
    pub(super) fn start(&self, index: usize) -> Option<Duration> {
        self.bursts.get(index).map(|(start, _)| *start)
    }

    pub(super) fn bytes<'a>(&self, index: usize, log: &'a [u8]) -> &'a [u8] {
        self.bursts.get(index).map_or(&[], |(_, burst)| &log[burst.clone()])
    }

    pub(super) fn first_second(&self) -> Duration {
        self.first_second
    }

    /// Returns the time from the first burst to its repetition.
    pub(super) fn period(&self) -> Duration {
        self.period
    }
}

/// Returns how long the receiver was silent, in milliseconds.
fn gap(last: Option<u64>, time: Option<u64>) -> u64 {
    let (Some(last), Some(time)) = (last, time) else { return 1_000 };
    let gap = (time + DAY_MS - last) % DAY_MS;
    if gap <= LONGEST_GAP_MS { gap } else { 1_000 }
}

/// Returns the time in a sentence, in milliseconds of the day.
fn utc_ms(line: &[u8]) -> Option<u64> {
    let sentence = &line[line.iter().position(|byte| *byte == b'$')?..];
    let field = match sentence.get(3..7)? {
        b"RMC," | b"GGA," | b"GNS," | b"GST," | b"GRS," | b"GBS," | b"ZDA," => 1,
        b"GLL," => 5,
        _ => return None,
    };
    let time = std::str::from_utf8(sentence.split(|byte| *byte == b',').nth(field)?).ok()?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    if clock.len() != 6 {
        return None;
    }
    let clock: u64 = clock.parse().ok()?;
    let millis: u64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let seconds = clock / 10_000 * 3_600 + clock / 100 % 100 * 60 + clock % 100;
    Some((seconds * 1_000 + millis) % DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the start of each burst in milliseconds, and its number of lines.
    #[track_caller]
    fn check(log: &str, expected: &[(u64, usize)], first_second: u64, period: u64) {
        let script = Script::epochs(log.as_bytes());
        let bursts = script
            .bursts
            .iter()
            .map(|(start, range)| (start.as_millis(), log[range.clone()].lines().count()));
        assert_eq!(bursts.collect::<Vec<_>>(), expected, "{log}");
        assert_eq!(script.first_second().as_millis(), first_second, "{log}");
        assert_eq!(script.period().as_millis(), period, "{log}");
        let whole: Vec<_> =
            (0..expected.len()).flat_map(|n| script.bytes(n, log.as_bytes())).collect();
        assert_eq!(whole.len(), log.len(), "{log}");
    }

    #[test]
    fn bursts_begin_where_the_utc_time_changes() {
        check("", &[], 0, 1_000);
        check("noise", &[(0, 1)], 0, 1_000);
        check(
            "$GPGSA,A\n$GPRMC,120000,A\n$GPGSV,1\n$GPGGA,120001.00,\n",
            &[(0, 3), (1_000, 1)],
            0,
            2_000,
        );
        check(
            "$GPGGA,120000.60,\n$GPRMC,120000.6,\n$GPGGA,120000.70,\n",
            &[(0, 2), (100, 1)],
            400,
            2_000,
        );
        check("$GNGLL,1,N,1,E,235959,A\n$GPZDA,000001,\n", &[(0, 1), (2_000, 1)], 0, 3_000);
        check("$GPRMC,235946.005,V\n$GPRMC,081400.000,A\n", &[(0, 1), (1_000, 1)], 995, 2_000);
        check(
            "$GPRMC,,V\n$GPRMC,12,V\n$GPRMC,+12000,V\n$GPRMC,99999999999999999999,V\n",
            &[(0, 4)],
            0,
            1_000,
        );
    }
}
