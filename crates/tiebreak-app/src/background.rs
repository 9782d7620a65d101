//! What all that works on an open study shares: whose turn it is to route, and what went wrong in
//! the background.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::view::UserError;

/// Shared by everything that works on a study in this program.
#[derive(Default)]
pub(crate) struct Background {
    turn: Mutex<()>,
    error: Mutex<Option<UserError>>,
}

impl Background {
    /// Waits until no other routing is being written.
    pub(crate) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how the last routing in the background ended.
    pub(crate) fn note(&self, error: Option<UserError>) {
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    /// Why the last routing in the background failed, if it did.
    pub(crate) fn error(&self) -> Option<UserError> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
