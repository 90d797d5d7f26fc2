//! Where on earth, and which way.

use core::fmt;

/// A geographic latitude in 1e-7 degrees, north positive: steps of 11 mm.
///
/// ```
/// use tickwire_drivers::gps::Latitude;
///
/// let hobart = Latitude::from_e7(-428_426_448).unwrap();
/// assert_eq!(hobart.to_string(), "42.8426448° S");
/// assert_eq!(hobart.minutes().to_string(), "42° 50.5587' S");
/// assert_eq!(hobart.seconds().to_string(), "42° 50' 34\" S");
/// assert_eq!(Latitude::from_e7(900_000_001), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Latitude(i32);

/// A geographic longitude in 1e-7 degrees, east positive.
///
/// ```
/// use tickwire_drivers::gps::Longitude;
///
/// let tucson = Longitude::from_e7(-1_109_747_000).unwrap();
/// assert_eq!(tucson.to_string(), "110.9747000° W");
/// assert_eq!(tucson.e7(), -1_109_747_000);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Longitude(i32);

/// A place.
///
/// ```
/// use tickwire_drivers::gps::{Latitude, Longitude, Position};
///
/// let (latitude, longitude) = (Latitude::from_e7(0), Longitude::from_e7(65_056_183));
/// let place = Position { latitude: latitude.unwrap(), longitude: longitude.unwrap() };
/// assert_eq!(place.to_string(), "0.0000000° N, 6.5056183° E");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Position {
    /// Its latitude, on WGS 84 unless the receiver is set to another datum.
    pub latitude: Latitude,
    /// Its longitude.
    pub longitude: Longitude,
}

/// An angle to be written as degrees and minutes, with four decimals.
///
/// ```
/// use tickwire_drivers::gps::Longitude;
///
/// let almost = Longitude::from_e7(-9_999_999).unwrap();
/// assert_eq!(almost.minutes().to_string(), "1° 00.0000' W");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Minutes(Sides);

/// An angle to be written as degrees, minutes and seconds.
///
/// It is rounded as a whole, so 59.9" is a minute and never `60"`.
///
/// ```
/// use tickwire_drivers::gps::Latitude;
///
/// let almost = Latitude::from_e7(479_999_999).unwrap();
/// assert_eq!(almost.seconds().to_string(), "48° 00' 00\" N");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Seconds(Sides);

/// A course over ground in hundredths of a degree, 0 to 360, clockwise from true
/// north.
///
/// ```
/// use tickwire_drivers::gps::{Compass, Course};
///
/// let course = Course::from_hundredths(23_290).unwrap();
/// assert_eq!((course.to_string().as_str(), course.compass()), ("232.90°", Compass::SW));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Course(u16);

/// The 16 points of a compass.
///
/// A point covers 11.25° on each side, its lower bound included.
///
/// ```
/// use tickwire_drivers::gps::Course;
///
/// assert_eq!(Course::from_hundredths(1_125).unwrap().compass().to_string(), "NNE");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[allow(missing_docs, reason = "the points of a compass have no other names")]
pub enum Compass {
    N,
    NNE,
    NE,
    ENE,
    E,
    ESE,
    SE,
    SSE,
    S,
    SSW,
    SW,
    WSW,
    W,
    WNW,
    NW,
    NNW,
}

/// An angle without its sign, and the letter that stands for it.
#[derive(Clone, Copy, Debug)]
struct Sides {
    e7: u32,
    hemisphere: char,
}

impl Latitude {
    /// Creates a latitude, if it is within 90 degrees.
    pub const fn from_e7(e7: i32) -> Option<Self> {
        if e7.unsigned_abs() <= 900_000_000 { Some(Self(e7)) } else { None }
    }

    /// Returns the latitude in 1e-7 degrees.
    pub const fn e7(self) -> i32 {
        self.0
    }

    /// Writes it as degrees and minutes.
    pub const fn minutes(self) -> Minutes {
        Minutes(self.sides())
    }

    /// Writes it as degrees, minutes and seconds.
    pub const fn seconds(self) -> Seconds {
        Seconds(self.sides())
    }

    const fn sides(self) -> Sides {
        Sides { e7: self.0.unsigned_abs(), hemisphere: if self.0 < 0 { 'S' } else { 'N' } }
    }
}

impl Longitude {
    /// Creates a longitude, if it is within 180 degrees.
    pub const fn from_e7(e7: i32) -> Option<Self> {
        if e7.unsigned_abs() <= 1_800_000_000 { Some(Self(e7)) } else { None }
    }

    /// Returns the longitude in 1e-7 degrees.
    pub const fn e7(self) -> i32 {
        self.0
    }

    /// Writes it as degrees and minutes.
    pub const fn minutes(self) -> Minutes {
        Minutes(self.sides())
    }

    /// Writes it as degrees, minutes and seconds.
    pub const fn seconds(self) -> Seconds {
        Seconds(self.sides())
    }

    const fn sides(self) -> Sides {
        Sides { e7: self.0.unsigned_abs(), hemisphere: if self.0 < 0 { 'W' } else { 'E' } }
    }
}

impl Position {
    pub(super) const ORIGIN: Self = Self { latitude: Latitude(0), longitude: Longitude(0) };
}

impl Course {
    pub(super) const NORTH: Self = Self(0);

    /// Creates a course, if it is not more than 360 degrees.
    pub const fn from_hundredths(hundredths: u16) -> Option<Self> {
        if hundredths <= 36_000 { Some(Self(hundredths)) } else { None }
    }

    /// Returns the course in hundredths of a degree.
    pub const fn hundredths(self) -> u16 {
        self.0
    }

    /// Returns the nearest point of the compass.
    pub const fn compass(self) -> Compass {
        use Compass::*;
        match (self.0 + 1_125) / 2_250 {
            1 => NNE,
            2 => NE,
            3 => ENE,
            4 => E,
            5 => ESE,
            6 => SE,
            7 => SSE,
            8 => S,
            9 => SSW,
            10 => SW,
            11 => WSW,
            12 => W,
            13 => WNW,
            14 => NW,
            15 => NNW,
            _ => N,
        }
    }
}

impl Sides {
    /// Splits off the degrees; the rest in `parts` to a degree, rounded.
    fn split(self, parts: u64) -> (u64, u64) {
        let all = (u64::from(self.e7) * parts + 5_000_000) / 10_000_000;
        (all / parts, all % parts)
    }
}

impl fmt::Display for Sides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (degrees, rest) = self.split(10_000_000);
        write!(f, "{degrees}.{rest:07}° {}", self.hemisphere)
    }
}

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (degrees, rest) = self.0.split(600_000);
        let (minutes, decimals) = (rest / 10_000, rest % 10_000);
        write!(f, "{degrees}° {minutes:02}.{decimals:04}' {}", self.0.hemisphere)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (degrees, rest) = self.0.split(3_600);
        write!(f, "{degrees}° {:02}' {:02}\" {}", rest / 60, rest % 60, self.0.hemisphere)
    }
}

impl fmt::Display for Latitude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sides().fmt(f)
    }
}

impl fmt::Debug for Latitude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sides().fmt(f)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Latitude {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=i32}e-7 deg", self.0);
    }
}

impl fmt::Display for Longitude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sides().fmt(f)
    }
}

impl fmt::Debug for Longitude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sides().fmt(f)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Longitude {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=i32}e-7 deg", self.0);
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.latitude, self.longitude)
    }
}

impl fmt::Display for Course {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}°", self.0 / 100, self.0 % 100)
    }
}

impl fmt::Debug for Course {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Course {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=u16}e-2 deg", self.0);
    }
}

impl fmt::Display for Compass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
