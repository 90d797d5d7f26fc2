//! The fix: the last report of each value.

use core::fmt;

use tickwire_traits::Instant;

use super::aged::Ages;
use super::decode::Report;
use super::values::for_each_value;
use super::{
    Aged, Constellation, Course, Date, Dimension, Dop, Field, Fields, Position, Quality, Speed,
    Status, Time, Transition, Update,
};

/// The last report of each value, with its time.
///
/// A value stays until the next report of it, so check its age. Each method returns `None` until
/// the first report.
///
/// A sentence that reports no fix changes [`status`](Self::status), [`quality`](Self::quality) and
/// [`dimension`](Self::dimension), and no other value. Receivers without a fix repeat old
/// positions or invent new ones, and count time from 1980.
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
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fix {
    ages: Ages<{ Values::COUNT }>,
    in_view_ages: Ages<{ Constellation::ALL.len() }>,
    values: Values,
}

/// Declares the storage of the values, and the methods of [`Fix`] that return them, from the
/// table.
macro_rules! declare_values {
    ($($(#[$doc:meta])* $field:ident => $name:ident: $type:ty = $placeholder:expr,)+) => {
        /// The last report of each value, or a placeholder if there was none.
        #[derive(Clone, Copy, PartialEq, Eq)]
        struct Values {
            $($name: $type,)+
            in_view: [u8; Constellation::ALL.len()],
        }

        impl Values {
            /// The rows of the table: the variants of [`Field`] with a smaller number.
            const COUNT: usize = [$(Field::$field),+].len();

            const PLACEHOLDERS: Self =
                Self { $($name: $placeholder,)+ in_view: [0; Constellation::ALL.len()] };

            /// Stores each value that `report` has.
            fn store(&mut self, report: &Report, put: &mut Put<'_>) {
                $(put.put(Field::$field, &mut self.$name, report.$name);)+
            }
        }

        impl Fix {
            $(
                $(#[$doc])*
                pub const fn $name(&self) -> Option<Aged<$type>> {
                    self.ages.of(Field::$field as usize, self.values.$name)
                }
            )+
        }

        /// Writes each value that was reported, with its time, and how many satellites are in view.
        impl fmt::Debug for Fix {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut fix = f.debug_struct("Fix");
                $(
                    if let Some(value) = self.$name() {
                        fix.field(stringify!($name), &value);
                    }
                )+
                if let Some(count) = self.satellites_in_view() {
                    fix.field("satellites_in_view", &count);
                }
                fix.finish()
            }
        }

        #[cfg(feature = "defmt")]
        impl defmt::Format for Fix {
            /// Writes each value that was reported, with its time.
            fn format(&self, f: defmt::Formatter<'_>) {
                defmt::write!(f, "Fix {{ ");
                $(
                    if let Some(value) = self.$name() {
                        defmt::write!(f, "{}: {}, ", Field::$field, value);
                    }
                )+
                for system in Constellation::ALL {
                    if let Some(count) = self.satellites_in_view_of(system) {
                        defmt::write!(f, "{} in view: {}, ", system, count);
                    }
                }
                defmt::write!(f, "}}");
            }
        }
    };
}

for_each_value!(declare_values);

impl Fix {
    pub(super) const UNKNOWN: Self =
        Self { ages: Ages::UNKNOWN, in_view_ages: Ages::UNKNOWN, values: Values::PLACEHOLDERS };

    /// Returns the number of satellites of one system that are in view (GSV).
    ///
    /// The last sentence of a set updates it, if no sentence of the set is missing.
    ///
    /// A receiver of several bands sends a set for each signal (NMEA 0183, version 4.10). There the
    /// number is updated at the end of a cycle of sets, and a satellite counts once, even if
    /// several signals are received. In the first cycle and while a signal is missing, the next
    /// cycle has to begin before the end is known, so the number is late by one cycle. A set that
    /// is lost once does not change the number.
    pub fn satellites_in_view_of(&self, system: Constellation) -> Option<Aged<u8>> {
        let count = self.values.in_view.get(system as usize)?;
        self.in_view_ages.of(system as usize, *count)
    }

    /// Returns the number of satellites that are in view, of all systems that were ever reported.
    pub fn satellites_in_view(&self) -> Option<u16> {
        let told = Constellation::ALL.into_iter().filter_map(|it| self.satellites_in_view_of(it));
        told.map(|count| u16::from(count.value)).reduce(|sum, count| sum + count)
    }

    /// Stores the report of a sentence, and the number of satellites of a system if the sentence
    /// completes it.
    pub(super) fn apply(
        &mut self,
        report: &Report,
        in_view: Option<(Constellation, u8)>,
        now: Instant,
    ) -> Update {
        let before = self.status().map(|status| status.value);
        let mut set = Fields::NONE;
        self.values.store(report, &mut Put { ages: &mut self.ages, set: &mut set, now });
        if let Some((system, count)) = in_view
            && let Some(slot) = self.values.in_view.get_mut(system as usize)
        {
            *slot = count;
            self.in_view_ages.set(system as usize, now);
            set.insert(Field::SatellitesInView);
        }
        let transition = match (before, report.status) {
            (Some(Status::Valid), Some(Status::Lost)) => Some(Transition::Lost),
            (None | Some(Status::Lost), Some(Status::Valid)) => Some(Transition::Found),
            _ => None,
        };
        let leap_second = self.values.time.take_mark();
        Update { sentence: report.sentence, set, leap_second, transition }
    }
}

impl Default for Fix {
    /// Returns a fix without any report.
    ///
    /// ```
    /// use tickwire_drivers::gps::Receiver;
    /// use tickwire_traits::Instant;
    ///
    /// let mut receiver = Receiver::<102>::new();
    /// assert_eq!(format!("{:?}", receiver.fix()), "Fix");
    /// receiver.push_all(b"$GPGLL,,,,,,V*06\r", Instant::from_millis(5));
    /// let status = "Fix { status: Aged { value: Lost, at: t+5ms } }";
    /// assert_eq!(format!("{:?}", receiver.fix()), status);
    /// ```
    fn default() -> Self {
        Self::UNKNOWN
    }
}

/// The destination of the values of one report.
struct Put<'a> {
    ages: &'a mut Ages<{ Values::COUNT }>,
    set: &'a mut Fields,
    now: Instant,
}

impl Put<'_> {
    /// Stores a value and its time, if the report has it.
    fn put<T>(&mut self, field: Field, slot: &mut T, value: Option<T>) {
        if let Some(value) = value {
            *slot = value;
            self.ages.set(field as usize, self.now);
            self.set.insert(field);
        }
    }
}
