//! What is known, and since when.

use tickwire_traits::{Duration, Instant};

use super::report::Report;
use super::update::put;
use super::{
    Constellation, Course, Date, Dimension, Dop, Field, Fields, Position, Quality, Speed, Status,
    Time, Transition, Update,
};

/// What a receiver has told so far: each value with the time when it was told.
///
/// A value stays until a newer one comes, so look at its age. A sentence that
/// says "no fix" changes [`status`](Self::status), [`quality`](Self::quality) and
/// [`dimension`](Self::dimension), and nothing else: receivers without a fix
/// repeat old positions, or invent some, and count their clock from 1980.
///
/// ```
/// use tickwire_drivers::gps::{Receiver, Status};
/// use tickwire_traits::{Duration, Instant};
///
/// let mut receiver = Receiver::<102>::new();
/// let mut now = Instant::from_millis(1_000);
/// let sentences = [
///     "$GPRMC,092751.000,A,5321.6802,N,00630.3371,W,0.06,31.66,280511,,,A*45\r\n",
///     "$GPRMC,092752.000,V,,,,,,,280511,,,N*49\r\n",
/// ];
/// for sentence in sentences {
///     for byte in sentence.bytes() {
///         receiver.push(byte, now);
///     }
///     now += Duration::from_secs(1);
/// }
/// let fix = receiver.fix();
/// let position = fix.position().unwrap();
/// assert_eq!(position.value.to_string(), "53.3613367° N, 6.5056183° W");
/// assert_eq!(position.age(now), Duration::from_secs(2));
/// assert_eq!(fix.date().unwrap().value.to_string(), "2011-05-28");
/// assert_eq!(fix.status().unwrap().value, Status::Lost);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fix {
    status: Slot<Status>,
    position: Slot<Position>,
    altitude_mm: Slot<i32>,
    geoid_separation_mm: Slot<i32>,
    speed: Slot<Speed>,
    course: Slot<Course>,
    magnetic_variation: Slot<i16>,
    date: Slot<Date>,
    time: Slot<Time>,
    quality: Slot<Quality>,
    dimension: Slot<Dimension>,
    satellites_used: Slot<u8>,
    pdop: Slot<Dop>,
    hdop: Slot<Dop>,
    vdop: Slot<Dop>,
    in_view: [Slot<u8>; Constellation::ALL.len()],
}

/// A value, and when it was set.
///
/// ```
/// use tickwire_drivers::gps::Aged;
/// use tickwire_traits::{Duration, Instant};
///
/// let satellites = Aged { value: 7, at: Instant::from_millis(500) };
/// assert_eq!(satellites.age(Instant::from_millis(750)), Duration::from_millis(250));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aged<T> {
    /// The value.
    pub value: T,
    /// When the bytes that told it were read.
    pub at: Instant,
}

/// A value that may not be known: then `at` is [`Instant::MAX`]. Half the size
/// of an `Option`, because an instant leaves no room for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot<T>(Aged<T>);

impl Fix {
    pub(super) const UNKNOWN: Self = Self {
        status: Slot::unknown(Status::Lost),
        position: Slot::unknown(Position::ORIGIN),
        altitude_mm: Slot::unknown(0),
        geoid_separation_mm: Slot::unknown(0),
        speed: Slot::unknown(Speed::from_hundredths(0)),
        course: Slot::unknown(Course::NORTH),
        magnetic_variation: Slot::unknown(0),
        date: Slot::unknown(Date::GPS_EPOCH),
        time: Slot::unknown(Time::MIDNIGHT),
        quality: Slot::unknown(Quality::NoFix),
        dimension: Slot::unknown(Dimension::NoFix),
        satellites_used: Slot::unknown(0),
        pdop: Slot::unknown(Dop::from_hundredths(0)),
        hdop: Slot::unknown(Dop::from_hundredths(0)),
        vdop: Slot::unknown(Dop::from_hundredths(0)),
        in_view: [Slot::unknown(0); Constellation::ALL.len()],
    };

    /// Whether there is a fix (RMC, GLL, GGA).
    pub const fn status(&self) -> Option<Aged<Status>> {
        self.status.get()
    }

    /// The last position (RMC, GLL, GGA).
    pub const fn position(&self) -> Option<Aged<Position>> {
        self.position.get()
    }

    /// The altitude above mean sea level, in millimetres (GGA).
    pub const fn altitude_mm(&self) -> Option<Aged<i32>> {
        self.altitude_mm.get()
    }

    /// How far mean sea level is above the WGS 84 ellipsoid, in millimetres (GGA).
    pub const fn geoid_separation_mm(&self) -> Option<Aged<i32>> {
        self.geoid_separation_mm.get()
    }

    /// The speed over ground (RMC, VTG).
    pub const fn speed(&self) -> Option<Aged<Speed>> {
        self.speed.get()
    }

    /// The course over ground (RMC, VTG). Who stands still has none, so it ages.
    pub const fn course(&self) -> Option<Aged<Course>> {
        self.course.get()
    }

    /// The magnetic variation, east positive, in hundredths of a degree (RMC).
    pub const fn magnetic_variation_hundredths(&self) -> Option<Aged<i16>> {
        self.magnetic_variation.get()
    }

    /// The date, UTC (RMC).
    pub const fn date(&self) -> Option<Aged<Date>> {
        self.date.get()
    }

    /// The time of the fix, UTC (RMC, GLL, GGA).
    pub const fn time(&self) -> Option<Aged<Time>> {
        self.time.get()
    }

    /// How the fix was made (GGA).
    pub const fn quality(&self) -> Option<Aged<Quality>> {
        self.quality.get()
    }

    /// How much of a fix there is (GSA).
    pub const fn dimension(&self) -> Option<Aged<Dimension>> {
        self.dimension.get()
    }

    /// How many satellites the last fix was made of (GGA).
    pub const fn satellites_used(&self) -> Option<Aged<u8>> {
        self.satellites_used.get()
    }

    /// The dilution of precision in space (GSA).
    pub const fn pdop(&self) -> Option<Aged<Dop>> {
        self.pdop.get()
    }

    /// The dilution of precision in the plane (GSA, GGA).
    pub const fn hdop(&self) -> Option<Aged<Dop>> {
        self.hdop.get()
    }

    /// The dilution of precision in height (GSA).
    pub const fn vdop(&self) -> Option<Aged<Dop>> {
        self.vdop.get()
    }

    /// How many satellites of one system are in view (GSV).
    ///
    /// It is set by the last sentence of a set that came whole. A receiver of
    /// several bands sends a set for each (NMEA 4.10), and the last one counts.
    pub fn satellites_in_view_of(&self, system: Constellation) -> Option<Aged<u8>> {
        self.in_view.get(system as usize)?.get()
    }

    /// How many satellites are in view, of all systems that were ever told; none
    /// if no set came whole yet.
    pub fn satellites_in_view(&self) -> Option<u16> {
        let told = self.in_view.iter().filter_map(Slot::get);
        told.map(|count| u16::from(count.value)).reduce(|sum, count| sum + count)
    }

    /// Takes what a sentence says. A set of GSV sentences that is now whole comes
    /// as `in_view`.
    pub(super) fn apply(
        &mut self,
        report: &Report,
        in_view: Option<(Constellation, u8)>,
        now: Instant,
    ) -> Update {
        let before = self.status().map(|status| status.value);
        let mut set = Fields::NONE;
        put(&mut self.status, report.status, now, Field::Status, &mut set);
        put(&mut self.position, report.position, now, Field::Position, &mut set);
        put(&mut self.altitude_mm, report.altitude_mm, now, Field::Altitude, &mut set);
        put(&mut self.geoid_separation_mm, report.geoid_mm, now, Field::GeoidSeparation, &mut set);
        put(&mut self.speed, report.speed, now, Field::Speed, &mut set);
        put(&mut self.course, report.course, now, Field::Course, &mut set);
        put(
            &mut self.magnetic_variation,
            report.variation,
            now,
            Field::MagneticVariation,
            &mut set,
        );
        put(&mut self.date, report.date, now, Field::Date, &mut set);
        put(&mut self.time, report.time, now, Field::Time, &mut set);
        put(&mut self.quality, report.quality, now, Field::Quality, &mut set);
        put(&mut self.dimension, report.dimension, now, Field::Dimension, &mut set);
        put(&mut self.satellites_used, report.used, now, Field::SatellitesUsed, &mut set);
        put(&mut self.pdop, report.pdop, now, Field::Pdop, &mut set);
        put(&mut self.hdop, report.hdop, now, Field::Hdop, &mut set);
        put(&mut self.vdop, report.vdop, now, Field::Vdop, &mut set);
        if let Some((system, count)) = in_view
            && let Some(slot) = self.in_view.get_mut(system as usize)
        {
            put(slot, Some(count), now, Field::SatellitesInView, &mut set);
        }
        let transition = match (before, report.status) {
            (Some(Status::Valid), Some(Status::Lost)) => Some(Transition::Lost),
            (None | Some(Status::Lost), Some(Status::Valid)) => Some(Transition::Found),
            _ => None,
        };
        Update { sentence: report.sentence, set, transition }
    }
}

impl Default for Fix {
    /// Nothing is known.
    fn default() -> Self {
        Self::UNKNOWN
    }
}

impl<T> Aged<T> {
    /// Returns how long ago the value was set.
    pub fn age(&self, now: Instant) -> Duration {
        now - self.at
    }
}

impl<T: Copy> Slot<T> {
    pub(super) const fn new(value: T, at: Instant) -> Self {
        Self(Aged { value, at })
    }

    const fn unknown(value: T) -> Self {
        Self::new(value, Instant::MAX)
    }

    const fn get(&self) -> Option<Aged<T>> {
        if self.0.at.as_micros() == Instant::MAX.as_micros() { None } else { Some(self.0) }
    }
}
