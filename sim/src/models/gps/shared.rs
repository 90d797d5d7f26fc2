//! A model that a receiver shares with its controls.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use tickwire_traits::{Clock, Instant};

use super::model::Model;

/// A model and its clock, shared by a receiver and its controls.
pub(super) struct Shared<T>(Rc<(T, RefCell<Model<T>>)>);

impl<T: Clock> Shared<T> {
    /// Creates a receiver that is switched on now.
    pub(super) fn new(clock: T, log: Vec<u8>, baud: u32) -> Self {
        let model = Model::new(clock.now(), log, baud);
        Self(Rc::new((clock, RefCell::new(model))))
    }

    pub(super) fn clock(&self) -> &T {
        &self.0.0
    }

    /// Returns the model without updating it.
    pub(super) fn model(&self) -> &RefCell<Model<T>> {
        &self.0.1
    }

    /// Updates the model to now, and passes it to `act`.
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut Model<T>, Instant) -> R) -> R {
        let now = self.clock().now();
        let (result, planned) = {
            let mut model = self.model().borrow_mut();
            model.catch_up(now);
            (act(&mut model, now), model.take_toggles())
        };
        if let Some((pps, toggles)) = planned {
            pps.toggle_at(&toggles);
        }
        result
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.1.try_borrow() {
            Ok(model) => model.fmt(f),
            Err(_) => f.write_str("a GPS receiver in use"),
        }
    }
}
