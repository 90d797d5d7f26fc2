//! A synthetic walk.

/// 51° 28.6' N on the prime meridian, as in a latitude field.
const CENTER: f64 = 5_128.6;

/// A walk of 1.4 m/s that closes after a minute.
const RADIUS_M: f64 = 13.4;

/// A minute of latitude is a nautical mile.
const MINUTE_M: f64 = 1_852.0;

/// The cosine of that latitude, by which a minute of longitude is shorter.
const SHORTER: f64 = 0.6228;

/// Returns the output of a receiver that is carried in circles around the meridian of
/// Greenwich, from noon on: RMC, GGA, GSA, three GSV and VTG each second, with valid
/// checksums and CR LF.
///
/// A walk of a minute ends at its start. The longest walk ends at midnight.
///
/// ```
/// let log = String::from_utf8(tickwire_sim::models::gps::demo_log(60)).unwrap();
/// assert_eq!(log.lines().count(), 60 * 7);
/// assert!(log.starts_with("$GPRMC,120000.000,A,5128.60"));
/// ```
pub fn demo_log(seconds: u32) -> Vec<u8> {
    let mut log = String::new();
    for second in 0..seconds.min(43_200) {
        epoch(&mut log, second);
    }
    log.into_bytes()
}

fn epoch(log: &mut String, second: u32) {
    let Moment { time, place, course, height } = Moment::at(second);
    for body in [
        format!("GPRMC,{time},A,{place},2.73,{course:.2},210626,,,A"),
        format!("GPGGA,{time},{place},1,09,0.9,{height:.1},M,45.4,M,,"),
        "GPGSA,A,3,02,05,07,13,15,18,20,29,30,,,,1.7,0.9,1.4".into(),
        "GPGSV,3,1,11,02,21,318,34,05,68,232,45,07,35,059,41,13,63,283,44".into(),
        "GPGSV,3,2,11,15,24,286,36,18,07,327,28,20,26,246,38,29,29,186,40".into(),
        "GPGSV,3,3,11,30,58,070,43,08,04,024,,16,02,098,".into(),
        format!("GPVTG,{course:.2},T,,M,2.73,N,5.06,K,A"),
    ] {
        append(log, &body);
    }
}

/// Appends a sentence, given by the part between `$` and `*`.
pub(super) fn append(log: &mut String, body: &str) {
    let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
    log.push_str(&format!("${body}*{sum:02X}\r\n"));
}

/// Time, position, course and height, as in their fields.
pub(super) struct Moment {
    pub(super) time: String,
    pub(super) place: String,
    pub(super) course: f64,
    pub(super) height: f64,
}

impl Moment {
    pub(super) fn at(second: u32) -> Self {
        let of_day = 43_200 + second;
        let time = format!("{:02}{:02}{:02}.000", of_day / 3_600, of_day / 60 % 60, of_day % 60);
        let turn = f64::from(second % 60) / 60.0;
        // Clockwise, so the course is a quarter turn ahead of the bearing.
        let course = (turn * 360.0 + 90.0) % 360.0;
        let height = 46.0 + (turn * std::f64::consts::TAU).sin();
        Self { time, place: place(turn), course, height }
    }
}

/// Returns the latitude and longitude fields, `turn` of a circle after the north.
fn place(turn: f64) -> String {
    let (east, north) = (turn * std::f64::consts::TAU).sin_cos();
    let latitude = CENTER + north * RADIUS_M / MINUTE_M;
    let longitude = east * RADIUS_M / (MINUTE_M * SHORTER);
    let side = if longitude < 0.0 { 'W' } else { 'E' };
    format!("{latitude:09.4},N,{:010.4},{side}", longitude.abs())
}
