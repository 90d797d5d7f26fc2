//! The table of the values of a fix.

/// Applies the macro `$expand` to the table of values.
///
/// The table is the only list of the values. Each row declares one value:
///
/// ```text
/// /// the documentation of the method
/// variant of `Field` => method of `Fix`: type = placeholder until the first report,
/// ```
///
/// Three files expand the table:
///
/// | file | generates |
/// | --- | --- |
/// | `update.rs` | [`Field`](super::Field), with a bit of [`Fields`](super::Fields) for each value |
/// | `decode.rs` | `Report`, with an `Option` for each value |
/// | `fix.rs` | the storage, the method and the update of each value of a [`Fix`](super::Fix) |
///
/// To add a value, add a row here, and set the field of `Report` in the decoders. The test below
/// fails until a decoder sets it.
///
/// The satellites in view have no row: a fix holds a count for each constellation.
macro_rules! for_each_value {
    ($expand:ident) => {
        $expand! {
            /// Returns whether the receiver vouches for its position (RMC, GLL, GGA).
            Status => status: Status = Status::Lost,

            /// Returns the last position (RMC, GLL, GGA).
            Position => position: Position = Position::ORIGIN,

            /// Returns the altitude above mean sea level, in millimeters (GGA).
            Altitude => altitude_mm: i32 = 0,

            /// Returns the height of mean sea level above the WGS 84 ellipsoid, in millimeters
            /// (GGA).
            GeoidSeparation => geoid_separation_mm: i32 = 0,

            /// Returns the speed over ground (RMC, VTG).
            Speed => speed: Speed = Speed::from_hundredths(0),

            /// Returns the course over ground (RMC, VTG).
            ///
            /// A receiver that does not move reports no course, so the last one ages.
            Course => course: Course = Course::NORTH,

            /// Returns the magnetic variation, east positive, in hundredths of a degree (RMC).
            MagneticVariation => magnetic_variation_hundredths: i16 = 0,

            /// Returns the date, UTC (RMC).
            ///
            /// A sentence has two digits for the year. 80 to 99 are 1980 to 1999, because GPS
            /// began in 1980. 00 to 79 are 2000 to 2079.
            Date => date: Date = Date::UNIX_EPOCH,

            /// Returns the time of the fix, UTC (RMC, GLL, GGA).
            ///
            /// A day has no second 60 [here](super::Date). In a leap second, second 59 is repeated:
            /// 23:59:60.5 is 23:59:59.5, and [`Update::leap_second`](super::Update::leap_second)
            /// is set.
            Time => time: Time = Time::MIDNIGHT,

            /// Returns the method that the receiver used for the fix (GGA).
            Quality => quality: Quality = Quality::NoFix,

            /// Returns the number of dimensions of the fix (GSA).
            Dimension => dimension: Dimension = Dimension::NoFix,

            /// Returns the number of satellites that the receiver used for the last fix (GGA).
            SatellitesUsed => satellites_used: u8 = 0,

            /// Returns the dilution of precision of the position in space (GSA).
            Pdop => pdop: Dop = Dop::from_hundredths(0),

            /// Returns the dilution of precision of the horizontal position (GSA, GGA).
            Hdop => hdop: Dop = Dop::from_hundredths(0),

            /// Returns the dilution of precision of the altitude (GSA).
            Vdop => vdop: Dop = Dop::from_hundredths(0),
        }
    };
}

pub(super) use for_each_value;

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use tickwire_traits::Instant;

    use crate::gps::{Decoder, Field, FixedPoint, Receiver};

    /// One sentence of each kind, with every field filled.
    const FILLED: [&str; 6] = [
        "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r",
        "$GPGLL,4916.45,N,12311.12,W,225444,A,*1D\r",
        "$GPGGA,180050.896,3749.1802,N,08338.7865,W,1,07,1.1,397.4,M,-32.5,M,,0000*6C\r",
        "$GPVTG,232.9,T,,M,002.3,N,004.3,K,A*01\r",
        "$GPGSA,A,3,07,11,28,24,26,08,17,,,,,,2.0,1.1,1.7*37\r",
        "$GLGSV,1,1,02,65,62,349,26,66,20,296,25*62\r",
    ];

    #[track_caller]
    fn check(decoder: impl Decoder) {
        let mut receiver = Receiver::<102>::new().with_decoder(decoder);
        let mut set = Vec::new();
        for sentence in FILLED {
            let (_, update) = receiver.push_all(sentence.as_bytes(), Instant::EPOCH);
            set.extend(update.unwrap().set.iter());
        }
        for field in Field::ALL {
            assert!(set.contains(&field), "no sentence sets {field:?}");
        }
    }

    #[test]
    fn a_sentence_sets_each_value() {
        check(FixedPoint);
        #[cfg(feature = "nmea")]
        check(crate::gps::NmeaCrate);
    }
}
