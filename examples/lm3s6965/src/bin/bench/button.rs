//! From the edge of a pin to what the driver of a button says of it.

use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use embedded_hal::digital::PinState;
use lm3s6965::{Interrupt, interrupt};
use tickwire_drivers::button::{Button, Event};
use tickwire_drivers::switch::Switch;
use tickwire_exec_embassy::{EmbassyClock, IrqEdges, IrqInput};
use tickwire_lm3s6965::interrupts;
use tickwire_lm3s6965::meter::{interrupt_sleep, since_sleep};
use tickwire_traits::{Clock, Duration, Timer};

use crate::row::{Measured, Tenths};

const CLOCK: EmbassyClock = EmbassyClock;

static IS_HIGH: AtomicBool = AtomicBool::new(true);
static EDGES: IrqEdges<8> = IrqEdges::new(PinState::High, EmbassyClock);

/// As the interrupt of a port would: what has happened is stamped and queued.
#[interrupt]
fn QEI1() {
    EDGES.record(IS_HIGH.load(Relaxed).into());
}

/// Counts from the moment at which the core is woken by the edge, to the driver's output.
pub(crate) async fn measure() -> Measured {
    const TIMES: u32 = 100;

    interrupts::enable(Interrupt::QEI1);
    let pin = EDGES.claim().expect("it is claimed once");
    let mut button = Button::new(pin, CLOCK);
    // Its first look is due at once.
    quiet(&mut button).await;
    let mut sum = 0;
    for _ in 0..TIMES {
        IS_HIGH.store(false, Relaxed);
        interrupt_sleep();
        let Ok(gesture) = button.gesture().await;
        sum += since_sleep();
        assert_eq!(gesture.event, Event::Press);
        // It is held until it no longer bounces, let go, and left alone.
        quiet(&mut button).await;
        IS_HIGH.store(true, Relaxed);
        interrupt_sleep();
        let Ok(gesture) = button.gesture().await;
        assert_eq!(gesture.event, Event::Release);
        quiet(&mut button).await;
    }
    Measured::alone(Tenths(sum * 10 / TIMES))
}

/// Waits for longer than any gesture takes.
async fn quiet(button: &mut Button<Switch<IrqInput<'_, 8>, EmbassyClock>>) {
    let deadline = CLOCK.now() + Duration::from_secs(2);
    while CLOCK.timeout_at(deadline, button.gesture()).await.is_ok() {}
}
