//! A group's bookkeeping of its tasks.

use super::TaskId;
use crate::group::slot::Members;
use crate::group::wake_slots::sealed::Home;

/// A group's bookkeeping of its tasks.
pub(crate) struct Book<const N: usize, H: Home> {
    /// The slots of the running tasks.
    pub(super) running: Members<N, H>,
    /// The number of tasks that each place has had.
    serials: [u32; N],
    /// The place at which the search for a free one starts.
    free: usize,
    /// The place of a first error that has not been returned yet.
    pub(super) failed: Option<usize>,
}

impl<const N: usize, H: Home> Book<N, H> {
    pub(super) const fn new(home: H) -> Self {
        Self { running: Members::new(home), serials: [0; N], free: 0, failed: None }
    }

    pub(super) fn len(&self) -> usize {
        self.running.len() + usize::from(self.failed.is_some())
    }

    pub(super) fn holds(&self, place: usize) -> bool {
        self.running.get(place).is_some() || self.failed == Some(place)
    }

    pub(super) fn id(&self, place: usize) -> TaskId {
        // Without indexing, which would add a panic to flash: an invalid place has no
        // task.
        TaskId { place, serial: self.serials.get(place).copied().unwrap_or_default() }
    }

    /// Finds a place and a slot for a new task.
    pub(super) fn enroll(&mut self) -> Option<TaskId> {
        if self.len() == N {
            return None;
        }
        let place = (self.free..N).chain(0..self.free).find(|place| !self.holds(*place))?;
        if !self.running.claim(place) {
            return None;
        }
        self.free = place + 1;
        if let Some(serial) = self.serials.get_mut(place) {
            *serial = serial.wrapping_add(1);
        }
        Some(self.id(place))
    }

    /// Releases a task's slot, and clears its error. Returns values that the caller drops
    /// together with the task.
    pub(super) fn strike(&mut self, place: usize) -> impl Sized + use<N, H> {
        self.failed.take_if(|failed| *failed == place);
        self.free = place;
        self.running.release(place)
    }
}
