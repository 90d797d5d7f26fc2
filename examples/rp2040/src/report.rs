//! What happens, told to whoever listens.

#[cfg(feature = "report")]
use tickwire_drivers::{
    button,
    gps::{Counters, Field, Fix, Transition, Update},
};
#[cfg(feature = "report")]
use tickwire_traits::Instant;

/// Tells of an event: a line of JSON with the time, the event's name, and what
/// else is given, by semihosting. Without the feature `report` it does nothing,
/// and its arguments are not evaluated.
#[macro_export]
macro_rules! report {
    ($at:expr, $event:expr $(, $key:ident: $value:expr)* $(,)?) => {{
        #[cfg(feature = "report")]
        $crate::cortex_m_semihosting::hprintln!(
            concat!("{{\"t_us\":{},\"event\":\"{}\"", $(",\"", stringify!($key), "\":{}",)* "}}"),
            $at.as_micros(), $event $(, $value)*
        );
    }};
}

/// The name of a gesture.
#[cfg(feature = "report")]
pub fn gesture_name(event: button::Event) -> &'static str {
    match event {
        button::Event::Press => "press",
        button::Event::Release => "release",
        button::Event::Click => "click",
        button::Event::Double => "double",
        button::Event::Clicks(_) => "clicks",
        button::Event::Long => "long",
        button::Event::Repeat => "repeat",
    }
}

/// Tells of a new position, and of a fix that came or went.
#[cfg(feature = "report")]
pub fn report_fix(at: Instant, update: Update, fix: &Fix, counters: &Counters) {
    match update.transition {
        Some(Transition::Found) => report!(at, "fix_found"),
        Some(Transition::Lost) => report!(at, "fix_lost"),
        None => {}
    }
    let moved = update.set.contains(Field::Position);
    let Some(position) = fix.position().filter(|_| moved) else {
        return;
    };
    report!(
        at, "fix",
        latitude_e7: position.value.latitude.e7(), longitude_e7: position.value.longitude.e7(),
        accepted: counters.accepted, bad_checksum: counters.bad_checksum,
    );
}
