//! What the board's interrupt is asked to do.

use core::cell::Cell;
use core::task::Waker;

use critical_section::Mutex;

use crate::Board;

/// There is one at a time: who asks waits for the interrupt.
static REQUEST: Mutex<Cell<Option<Request>>> = Mutex::new(Cell::new(None));

pub(crate) enum Request {
    Wake(Waker),
    Call(fn()),
}

/// Does what is asked for. For the handler of the interrupt that
/// [`Board::interrupt`] makes.
pub fn on_interrupt() {
    match critical_section::with(|cs| REQUEST.borrow(cs).take()) {
        Some(Request::Wake(waker)) => waker.wake(),
        Some(Request::Call(work)) => work(),
        None => {}
    }
}

/// Has `request` done in the interrupt, and returns whether it was.
pub(crate) fn ask(board: &impl Board, request: Request) -> bool {
    critical_section::with(|cs| REQUEST.borrow(cs).set(Some(request)));
    board.interrupt();
    critical_section::with(|cs| REQUEST.borrow(cs).take()).is_none()
}
