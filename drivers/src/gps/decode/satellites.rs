//! The satellites in GSV and GSA sentences.

use super::fields::Fields;
use super::text;
use crate::gps::Constellation;

/// What a GSV sentence reports of one satellite. At least one value is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::gps) struct Seen {
    pub(in crate::gps) number: Option<u16>,
    /// -90 to 90 degrees.
    pub(in crate::gps) elevation: Option<i8>,
    /// 0 to 359 degrees.
    pub(in crate::gps) azimuth: Option<u16>,
    /// In dBHz.
    pub(in crate::gps) snr: Option<u8>,
}

/// The numbers in a GSA sentence; 0 for none.
pub(in crate::gps) type Numbers = [u16; 12];

/// Returns the satellites of a GSV sentence.
///
/// Number, elevation, azimuth and signal strength of each are four fields. The signal follows, and
/// on some modems the system: one or two fields, fewer than those of a satellite.
pub(in crate::gps) fn in_view(sentence: &[u8]) -> impl Iterator<Item = Seen> {
    let mut fields = Fields::of(sentence);
    // The number of pages, that of the page, and the number of satellites.
    for _ in 0..3 {
        fields.next();
    }
    core::iter::from_fn(move || {
        loop {
            let (number, elevation, azimuth) = (fields.next()?, fields.next()?, fields.next()?);
            let seen = Seen {
                number: text::whole(number).filter(|number| *number != 0),
                elevation: text::rounded(elevation).filter(|it| (-90..=90).contains(it)),
                azimuth: text::rounded(azimuth).filter(|it: &u16| *it <= 360).map(|it| it % 360),
                snr: fields.next().and_then(text::rounded).filter(|snr| *snr != u8::MAX),
            };
            // Some receivers fill the last page with empty fields.
            if seen != Seen::default() {
                return Some(seen);
            }
        }
    })
}

/// Returns the satellites that a GSA sentence reports as used, and their system. The system is
/// `None` if the sentence does not name it, so that only the numbers tell.
///
/// Returns `None` if the sentence does not have twelve satellites.
pub(in crate::gps) fn in_use(sentence: &[u8]) -> Option<(Option<Constellation>, Numbers)> {
    let mut fields = Fields::of(sentence);
    fields.next(); // Automatic or manual selection of the dimension.
    let has_fix = fields.next() != Some(b"1");
    let mut numbers = Numbers::default();
    for number in &mut numbers {
        let field = fields.next();
        if has_fix {
            *number = field.and_then(text::whole).unwrap_or(0);
        }
    }
    let mut dops = [None; 3];
    dops.fill_with(|| fields.next());
    let system = fields.next();
    if has_fix && (dops.contains(&None) || fields.next().is_some()) {
        return None;
    }
    let id = system.and_then(text::hexadecimal).unwrap_or(0);
    let by_id = || Constellation::ALL.get(usize::from(id).checked_sub(1)?).copied();
    // Old receivers report those of other systems under the talker of GPS.
    let by_talker = || {
        let system = Constellation::of_talker(sentence.get(1..)?.first_chunk()?)?;
        (system != Constellation::Gps).then_some(system)
    };
    Some((by_id().or_else(by_talker), numbers))
}
