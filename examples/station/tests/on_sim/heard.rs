//! What the station tells.

use std::cell::RefCell;

use tickwire_drivers::gps::mtk::Verdict;
use tickwire_drivers::gps::pps;
use tickwire_station::{Event, Observe, Outcome};
use tickwire_traits::Instant;

/// The names of the events, with their times.
#[derive(Default)]
pub(crate) struct Heard(RefCell<Vec<(Instant, &'static str)>>);

impl<I, R, B> Observe<I, R, B> for Heard {
    fn observe(&self, at: Instant, event: &Event<'_, I, R, B>) {
        let name = match event {
            Event::View(..) => "View",
            Event::ButtonFailed => "ButtonFailed",
            Event::Climate(_) => "Climate",
            Event::SensorFailed(_) => "SensorFailed",
            Event::Gps(..) => "Gps",
            Event::GpsFailed(..) => "GpsFailed",
            Event::GpsQuiet(_) => "GpsQuiet",
            Event::Lock(lock, _) => match lock.state {
                pps::State::Searching => "Searching",
                pps::State::Tentative => "Tentative",
                pps::State::Locked => "Locked",
                pps::State::Holdover => "Holdover",
            },
            Event::Told(_, Outcome::Answered(Verdict::Succeeded)) => "Obeyed",
            Event::Told(_, Outcome::Answered(_)) => "Refused",
            Event::Told(_, Outcome::NoAnswer) => "NoAnswer",
            Event::Told(..) => "NotSent",
            Event::PulsesFailed => "PulsesFailed",
            Event::DisplayFailed(_) => "DisplayFailed",
            Event::Turn(..) => "Turn",
            Event::Push(_) => "Push",
            Event::KnobFailed => "KnobFailed",
            Event::Remote(..) => "Remote",
            Event::RemoteFailed => "RemoteFailed",
            Event::Brightness(_) => "Brightness",
            Event::DimmerFailed => "DimmerFailed",
            Event::Focus(_) => "Focus",
            Event::Limit(..) => "Limit",
            Event::Alarm(_, true) => "Alarm",
            Event::Alarm(_, false) => "AlarmOver",
            _ => "another",
        };
        self.0.borrow_mut().push((at, name));
    }
}

impl Heard {
    /// How often an event of this name came.
    pub(crate) fn count(&self, name: &str) -> usize {
        self.0.borrow().iter().filter(|(_, heard)| *heard == name).count()
    }

    pub(crate) fn times_never_go_back(&self) -> bool {
        self.0.borrow().is_sorted_by_key(|(at, _)| *at)
    }
}
