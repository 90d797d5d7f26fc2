//! The data fields of a sentence.

use super::text;
use crate::gps::Position;

/// Reads a field that may be empty. Returns `None` if the field cannot be read.
pub(super) fn if_any<T>(text: &[u8], read: impl Fn(&[u8]) -> Option<T>) -> Option<Option<T>> {
    if text.is_empty() { Some(None) } else { read(text).map(Some) }
}

/// The data fields of a sentence, from left to right.
#[derive(Clone)]
pub(in crate::gps) struct Fields<'a> {
    /// `None` after the last field.
    rest: Option<&'a [u8]>,
}

/// Latitude, hemisphere, longitude and hemisphere as text. They are read only if there is a fix,
/// because receivers without a fix send arbitrary text.
pub(super) struct Place<'a>([&'a [u8]; 4]);

impl<'a> Fields<'a> {
    /// Returns the fields between `$GPxxx,` and `*hh`.
    pub(super) fn of(sentence: &'a [u8]) -> Self {
        Self { rest: sentence.get(7..sentence.len().saturating_sub(3)) }
    }

    /// Returns the fields of the part between `$` and `*`, of which the first is the address.
    pub(in crate::gps) const fn of_body(body: &'a [u8]) -> Self {
        Self { rest: Some(body) }
    }

    /// Takes a field and its unit. Returns the field if the unit is `unit` or empty.
    pub(super) fn next_in(&mut self, unit: &[u8]) -> Option<&'a [u8]> {
        let (field, found) = (self.next()?, self.next().unwrap_or_default());
        (found.is_empty() || found == unit).then_some(field)
    }

    /// Returns whether the last field was taken.
    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_none()
    }

    /// Returns whether the fields that were not taken are empty.
    #[inline]
    pub(super) fn all_empty(&self) -> bool {
        self.rest.unwrap_or_default().iter().all(|byte| *byte == b',')
    }

    pub(super) fn place(&mut self) -> Option<Place<'a>> {
        Some(Place([self.next()?, self.next()?, self.next()?, self.next()?]))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let len = rest.iter().position(|byte| *byte == b',').unwrap_or(rest.len());
        self.rest = rest.get(len + 1..);
        rest.get(..len)
    }
}

impl Place<'_> {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|field| field.is_empty())
    }

    pub(super) fn position(&self) -> Option<Position> {
        let [latitude, north_south, longitude, east_west] = self.0;
        Some(Position {
            latitude: text::latitude(latitude, north_south)?,
            longitude: text::longitude(longitude, east_west)?,
        })
    }
}
