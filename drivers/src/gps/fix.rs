//! What is known, and since when.

use tickwire_traits::Instant;

use super::aged::Ages;
use super::decode::Report;
use super::{
    Aged, Constellation, Course, Date, Dimension, Dop, Field, Fields, Position, Quality, Speed,
    Status, Time, Transition, Update,
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
    ages: Ages<{ Field::ALL.len() }>,
    in_view_ages: Ages<{ Constellation::ALL.len() }>,
    position: Position,
    altitude_mm: i32,
    geoid_separation_mm: i32,
    speed: Speed,
    time: Time,
    date: Date,
    course: Course,
    magnetic_variation: i16,
    pdop: Dop,
    hdop: Dop,
    vdop: Dop,
    status: Status,
    quality: Quality,
    dimension: Dimension,
    satellites_used: u8,
    in_view: [u8; Constellation::ALL.len()],
}

impl Fix {
    /// The values are placeholders: their ages say that none is known.
    pub(super) const UNKNOWN: Self = Self {
        ages: Ages::UNKNOWN,
        in_view_ages: Ages::UNKNOWN,
        position: Position::ORIGIN,
        altitude_mm: 0,
        geoid_separation_mm: 0,
        speed: Speed::from_hundredths(0),
        time: Time::MIDNIGHT,
        date: Date::UNIX_EPOCH,
        course: Course::NORTH,
        magnetic_variation: 0,
        pdop: Dop::from_hundredths(0),
        hdop: Dop::from_hundredths(0),
        vdop: Dop::from_hundredths(0),
        status: Status::Lost,
        quality: Quality::NoFix,
        dimension: Dimension::NoFix,
        satellites_used: 0,
        in_view: [0; Constellation::ALL.len()],
    };

    /// Whether there is a fix (RMC, GLL, GGA).
    pub const fn status(&self) -> Option<Aged<Status>> {
        self.aged(Field::Status, self.status)
    }

    /// The last position (RMC, GLL, GGA).
    pub const fn position(&self) -> Option<Aged<Position>> {
        self.aged(Field::Position, self.position)
    }

    /// The altitude above mean sea level, in millimetres (GGA).
    pub const fn altitude_mm(&self) -> Option<Aged<i32>> {
        self.aged(Field::Altitude, self.altitude_mm)
    }

    /// How far mean sea level is above the WGS 84 ellipsoid, in millimetres (GGA).
    pub const fn geoid_separation_mm(&self) -> Option<Aged<i32>> {
        self.aged(Field::GeoidSeparation, self.geoid_separation_mm)
    }

    /// The speed over ground (RMC, VTG).
    pub const fn speed(&self) -> Option<Aged<Speed>> {
        self.aged(Field::Speed, self.speed)
    }

    /// The course over ground (RMC, VTG). Who stands still has none, so it ages.
    pub const fn course(&self) -> Option<Aged<Course>> {
        self.aged(Field::Course, self.course)
    }

    /// The magnetic variation, east positive, in hundredths of a degree (RMC).
    pub const fn magnetic_variation_hundredths(&self) -> Option<Aged<i16>> {
        self.aged(Field::MagneticVariation, self.magnetic_variation)
    }

    /// The date, UTC (RMC).
    ///
    /// A sentence has two digits for the year. 80 to 99 are 1980 to 1999, because GPS began in
    /// 1980. 00 to 79 are 2000 to 2079.
    pub const fn date(&self) -> Option<Aged<Date>> {
        self.aged(Field::Date, self.date)
    }

    /// The time of the fix, UTC (RMC, GLL, GGA).
    ///
    /// A leap second, 23:59:60, is reported as the last millisecond before it.
    pub const fn time(&self) -> Option<Aged<Time>> {
        self.aged(Field::Time, self.time)
    }

    /// How the fix was made (GGA).
    pub const fn quality(&self) -> Option<Aged<Quality>> {
        self.aged(Field::Quality, self.quality)
    }

    /// How much of a fix there is (GSA).
    pub const fn dimension(&self) -> Option<Aged<Dimension>> {
        self.aged(Field::Dimension, self.dimension)
    }

    /// How many satellites the last fix was made of (GGA).
    pub const fn satellites_used(&self) -> Option<Aged<u8>> {
        self.aged(Field::SatellitesUsed, self.satellites_used)
    }

    /// The dilution of precision in space (GSA).
    pub const fn pdop(&self) -> Option<Aged<Dop>> {
        self.aged(Field::Pdop, self.pdop)
    }

    /// The dilution of precision in the plane (GSA, GGA).
    pub const fn hdop(&self) -> Option<Aged<Dop>> {
        self.aged(Field::Hdop, self.hdop)
    }

    /// The dilution of precision in height (GSA).
    pub const fn vdop(&self) -> Option<Aged<Dop>> {
        self.aged(Field::Vdop, self.vdop)
    }

    /// How many satellites of one system are in view (GSV).
    ///
    /// It is set by the last sentence of a set that came whole. A receiver of several
    /// bands sends a set for each signal (NMEA 0183, version 4.10): then the last sentence
    /// of a cycle of whole sets sets it, and a satellite counts once, on however many
    /// signals it is heard.
    pub fn satellites_in_view_of(&self, system: Constellation) -> Option<Aged<u8>> {
        let count = self.in_view.get(system as usize)?;
        self.in_view_ages.of(system as usize, *count)
    }

    /// How many satellites are in view, of all systems that were ever told; none
    /// if no set came whole yet.
    pub fn satellites_in_view(&self) -> Option<u16> {
        let told = Constellation::ALL.into_iter().filter_map(|it| self.satellites_in_view_of(it));
        told.map(|count| u16::from(count.value)).reduce(|sum, count| sum + count)
    }

    const fn aged<T: Copy>(&self, field: Field, value: T) -> Option<Aged<T>> {
        self.ages.of(field as usize, value)
    }

    /// Takes what a sentence says. A number of satellites that is known by it comes as
    /// `in_view`.
    pub(super) fn apply(
        &mut self,
        report: &Report,
        in_view: Option<(Constellation, u8)>,
        now: Instant,
    ) -> Update {
        let before = self.status().map(|status| status.value);
        let mut set = Fields::NONE;
        let mut put = Put { ages: &mut self.ages, set: &mut set, now };
        put.put(Field::Status, &mut self.status, report.status);
        put.put(Field::Position, &mut self.position, report.position);
        put.put(Field::Altitude, &mut self.altitude_mm, report.altitude_mm);
        put.put(Field::GeoidSeparation, &mut self.geoid_separation_mm, report.geoid_mm);
        put.put(Field::Speed, &mut self.speed, report.speed);
        put.put(Field::Course, &mut self.course, report.course);
        put.put(Field::MagneticVariation, &mut self.magnetic_variation, report.variation);
        put.put(Field::Date, &mut self.date, report.date);
        put.put(Field::Time, &mut self.time, report.time);
        put.put(Field::Quality, &mut self.quality, report.quality);
        put.put(Field::Dimension, &mut self.dimension, report.dimension);
        put.put(Field::SatellitesUsed, &mut self.satellites_used, report.used);
        put.put(Field::Pdop, &mut self.pdop, report.pdop);
        put.put(Field::Hdop, &mut self.hdop, report.hdop);
        put.put(Field::Vdop, &mut self.vdop, report.vdop);
        if let Some((system, count)) = in_view
            && let Some(slot) = self.in_view.get_mut(system as usize)
        {
            put.put(Field::SatellitesInView, slot, Some(count));
            self.in_view_ages.set(system as usize, now);
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

/// Where values that a sentence sets are noted.
struct Put<'a> {
    ages: &'a mut Ages<{ Field::ALL.len() }>,
    set: &'a mut Fields,
    now: Instant,
}

impl Put<'_> {
    /// Sets a value, if there is something to set.
    fn put<T>(&mut self, field: Field, slot: &mut T, value: Option<T>) {
        if let Some(value) = value {
            *slot = value;
            self.ages.set(field as usize, self.now);
            self.set.insert(field);
        }
    }
}
