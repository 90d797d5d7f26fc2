//! A position as KML writes it.

use core::fmt;

use super::Position;

/// A position to be written as KML does: longitude, latitude, in degrees with a sign.
///
/// A precision sets the decimals, 0 to 7; the default is 7, which is exact.
///
/// ```
/// use tickwire_drivers::gps::{Latitude, Longitude, Position};
///
/// let (latitude, longitude) = (Latitude::from_e7(378_196_700), Longitude::from_e7(-5_000_000));
/// let place = Position { latitude: latitude.unwrap(), longitude: longitude.unwrap() };
/// assert_eq!(place.kml().to_string(), "-0.5000000,37.8196700");
/// assert_eq!(format!("{:.6}", place.kml()), "-0.500000,37.819670");
/// ```
///
/// An altitude may follow after another comma.
#[derive(Clone, Copy, Debug)]
pub struct Kml(Position);

impl Position {
    /// Writes it as the coordinates of KML.
    pub const fn kml(self) -> Kml {
        Kml(self)
    }
}

impl fmt::Display for Kml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        signed(self.0.longitude.e7(), f)?;
        f.write_str(",")?;
        signed(self.0.latitude.e7(), f)
    }
}

/// Writes degrees with a sign, rounded half away from zero to the decimals that `f` asks for.
fn signed(e7: i32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let places = f.precision().unwrap_or(7).min(7);
    let parts = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
    let parts: u64 = parts.get(places).copied().unwrap_or(1);
    let all = (u64::from(e7.unsigned_abs()) * parts + 5_000_000) / 10_000_000;
    // A rounded zero has no sign.
    let sign = if e7 < 0 && all > 0 { "-" } else { "" };
    write!(f, "{sign}{}", all / parts)?;
    if places > 0 { write!(f, ".{:0places$}", all % parts) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::format;

    use crate::gps::{Latitude, Longitude, Position};

    #[track_caller]
    fn check(latitude: i32, longitude: i32, decimals: usize, expected: &str) {
        let latitude = Latitude::from_e7(latitude).unwrap();
        let longitude = Longitude::from_e7(longitude).unwrap();
        let kml = Position { latitude, longitude }.kml();
        assert_eq!(format!("{kml:.decimals$}"), expected);
    }

    #[test]
    fn a_carry_reaches_the_degrees_and_zero_has_no_sign() {
        check(378_196_700, -836_464_417, 6, "-83.646442,37.819670");
        check(378_196_700, -836_464_417, 7, "-83.6464417,37.8196700");
        check(-479_999_999, 1_799_999_999, 6, "180.000000,-48.000000");
        check(-4, 4, 6, "0.000000,0.000000");
        check(-5, 5, 6, "0.000001,-0.000001");
        check(-4_999_999, 5_000_000, 0, "1,0");
        check(900_000_000, -1_800_000_000, 9, "-180.0000000,90.0000000");
    }
}
