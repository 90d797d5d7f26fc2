//! A decoder of GNS, GST and ZDA, around a decoder of the other sentences.

use tickwire_traits::Instant;

use super::fields::Fields;
use super::{Decode, FixedPoint, Refusal, Report, address, text};
use crate::civil::Offset;
use crate::gps::aged::Ages;
use crate::gps::{Accuracy, Aged, Decoder, Modes, Sentence, Status};

/// A decoder that also reads GNS, GST and ZDA, and passes other sentences to `D`.
///
/// It is a part of its own: a receiver without it has none of its code and values.
///
/// | sentence | sets in the fix | kept here |
/// | --- | --- | --- |
/// | GNS | status, position, altitude, geoid separation, time, satellites used, HDOP | [`modes`](Self::modes) |
/// | GST | – | [`accuracy`](Self::accuracy) |
/// | ZDA | date, with four digits of the year, and time | [`zone`](Self::zone) |
///
/// ```
/// use tickwire_drivers::gps::{Constellation, Extended, Gps, Quality, Sentence};
/// use tickwire_sim::{Sim, models::gps};
///
/// let sim = Sim::new();
/// let log = "$GNGNS,191503.01,3645.876324,N,03124.670280,E,AAN,08,1.3,-6.7,32.0,,,V*42\r\n\
///            $GPGST,150119.000,004.0,008.7,004.7,132.3,006.8,007.2,00014*71\r\n";
/// let line = gps::Receiver::new(sim.clock(), log, 9_600);
/// let mut gps = Gps::new(line, sim.clock()).with_decoder(Extended::new());
/// sim.run(async {
///     assert_eq!(gps.update().await.unwrap().sentence, Sentence::Gns);
///     assert_eq!(gps.fix().altitude_mm().unwrap().value, -6_700);
///     let modes = gps.decoder().modes().unwrap().value;
///     assert_eq!(modes.of(Constellation::Glonass), Some(Quality::Autonomous));
///     assert_eq!(modes.of(Constellation::Galileo), Some(Quality::NoFix));
///
///     assert_eq!(gps.update().await.unwrap().sentence, Sentence::Gst);
///     let accuracy = gps.decoder().accuracy().unwrap();
///     assert_eq!(accuracy.age(sim.clock().now()).as_micros(), 0);
///     assert_eq!(accuracy.value.latitude_mm(), Some(6_800));
/// });
/// # use tickwire_traits::Clock;
/// ```
///
/// # Fields that cannot be read
///
/// The rules are those of [`FixedPoint`]. The status of a GNS is its mode indicator: a GNS without
/// any known mode is malformed, as is a GST without any value. After a sentence that reports no
/// fix, a ZDA sets nothing: some receivers count time from 1980 then.
#[derive(Clone, Debug)]
pub struct Extended<D = FixedPoint> {
    decoder: D,
    ages: Ages<{ Kept::Zone as usize + 1 }>,
    accuracy: Accuracy,
    modes: Modes,
    zone: Offset,
    /// Whether the last report of a status was [`Status::Lost`].
    is_lost: bool,
}

/// The index of a value in [`Extended::ages`].
enum Kept {
    Accuracy,
    Modes,
    Zone,
}

impl Extended {
    /// Creates a decoder around [`FixedPoint`].
    pub const fn new() -> Self {
        Self {
            decoder: FixedPoint,
            ages: Ages::UNKNOWN,
            accuracy: Accuracy::UNKNOWN,
            modes: Modes::UNKNOWN,
            zone: Offset::UTC,
            is_lost: false,
        }
    }
}

impl<D> Extended<D> {
    /// Replaces the decoder of the other sentences. The default is [`FixedPoint`].
    ///
    /// ```
    /// use tickwire_drivers::gps::{Extended, Gps, Satellites};
    /// use tickwire_sim::{Sim, models::gps};
    ///
    /// let sim = Sim::new();
    /// let line = gps::Receiver::new(sim.clock(), gps::sky_log(2), 9_600);
    /// let decoder = Extended::new().with_decoder(Satellites::<32>::new());
    /// let mut gps = Gps::new(line, sim.clock()).with_decoder(decoder);
    /// sim.run(async { while gps.update().await.is_ok() {} });
    /// assert_eq!(gps.decoder().decoder().sets().count(), 4);
    /// assert_eq!(gps.decoder().accuracy(), None);
    /// ```
    pub fn with_decoder<E: Decoder>(self, decoder: E) -> Extended<E> {
        let Self { ages, accuracy, modes, zone, is_lost, .. } = self;
        Extended { decoder, ages, accuracy, modes, zone, is_lost }
    }

    /// Returns the decoder of the other sentences.
    pub const fn decoder(&self) -> &D {
        &self.decoder
    }

    /// Returns the expected errors of the position (GST).
    pub const fn accuracy(&self) -> Option<Aged<Accuracy>> {
        self.ages.of(Kept::Accuracy as usize, self.accuracy)
    }

    /// Returns the use of each system for the position (GNS).
    pub const fn modes(&self) -> Option<Aged<Modes>> {
        self.ages.of(Kept::Modes as usize, self.modes)
    }

    /// Returns the local zone that is set in the receiver, with the sign that it sends (ZDA).
    ///
    /// Most receivers send zero, or nothing. NMEA 0183 adds the zone to local time to get UTC, so
    /// zones east of Greenwich are negative. Trimble adds it to UTC. If the receiver follows the
    /// standard, [`DateTime::local`](crate::civil::DateTime::local) needs the negated zone.
    pub const fn zone(&self) -> Option<Aged<Offset>> {
        self.ages.of(Kept::Zone as usize, self.zone)
    }

    // Inlined into the task that reads, these three take more flash.
    #[inline(never)]
    fn gns(&mut self, report: &mut Report, mut fields: Fields<'_>, now: Instant) -> Option<()> {
        let time = fields.next()?;
        let place = fields.place()?;
        let modes = fields.next()?;
        // With several systems and corrections, such a sentence for each system follows the one
        // that has the position.
        if modes.is_empty() && place.is_empty() {
            return Some(());
        }
        let modes = Modes::read(modes)?;
        report.status = modes.status();
        if report.status != Some(Status::Lost) {
            report.time = text::time_if_any(time)?;
            report.position = Some(place.position()?);
            report.satellites_used = fields.next().and_then(text::whole);
            report.hdop = fields.next().and_then(text::dop);
            report.altitude_mm = fields.next().and_then(text::millimeters);
            report.geoid_separation_mm = fields.next().and_then(text::millimeters);
        }
        if let Some(status) = report.status {
            self.is_lost = status == Status::Lost;
        }
        self.modes = modes;
        self.ages.set(Kept::Modes as usize, now);
        Some(())
    }

    #[inline(never)]
    fn gst(&mut self, mut fields: Fields<'_>, now: Instant) -> Option<()> {
        fields.next(); // The time of the fix.
        if fields.all_empty() {
            return Some(()); // There is no fix.
        }
        let (mut errors, mut orientation) = ([None; 6], None);
        for (index, error) in errors.iter_mut().enumerate() {
            // Between the errors of the ellipse and those of the coordinates.
            if index == 3 {
                orientation = fields.next().and_then(text::orientation);
            }
            *error = fields.next().and_then(text::error);
        }
        self.accuracy = Accuracy::of(errors, orientation)?;
        self.ages.set(Kept::Accuracy as usize, now);
        Some(())
    }

    #[inline(never)]
    fn zda(&mut self, report: &mut Report, mut fields: Fields<'_>, now: Instant) -> Option<()> {
        if self.is_lost {
            return Some(());
        }
        report.time = text::time_if_any(fields.next()?)?;
        let [day, month, year] = [fields.next()?, fields.next()?, fields.next()?];
        if ![day, month, year].iter().all(|field| field.is_empty()) {
            report.date = Some(text::long_date(day, month, year)?);
        }
        let hours = fields.next().unwrap_or_default();
        if let Some(zone) = text::zone(hours, fields.next().unwrap_or_default()) {
            self.zone = zone;
            self.ages.set(Kept::Zone as usize, now);
        }
        Some(())
    }
}

impl<D: Decode> Decode for Extended<D> {
    fn decode(
        &mut self,
        sentence: &[u8],
        now: Instant,
        report: &mut Report,
    ) -> Result<(), Refusal> {
        report.sentence = match address(sentence).as_ref().map(|address| &address.kind) {
            Some(b"GNS") => Sentence::Gns,
            Some(b"GST") => Sentence::Gst,
            Some(b"ZDA") => Sentence::Zda,
            _ => {
                self.decoder.decode(sentence, now, report)?;
                if let Some(status) = report.status {
                    self.is_lost = status == Status::Lost;
                }
                return Ok(());
            }
        };
        let fields = Fields::of(sentence);
        let read = match report.sentence {
            Sentence::Gns => self.gns(report, fields, now),
            Sentence::Gst => self.gst(fields, now),
            _ => self.zda(report, fields, now),
        };
        read.ok_or(Refusal::Malformed)
    }
}

impl Default for Extended {
    fn default() -> Self {
        Self::new()
    }
}
