//! Pins and buses that fail at every point.

use std::cell::Cell;
use std::convert::Infallible;
use std::rc::Rc;

use embedded_hal::digital::{ErrorType, OutputPin, PinState};
use embedded_hal_async::delay::DelayNs;
use tickwire_drivers::hd44780::{Error, FourBit, Lcd};
use tickwire_sim::i2c::{Fault, I2cFault};
use tickwire_sim::models::hd44780::Display;
use tickwire_sim::{Output, PinFault, Sim, SimClock, Wire};
use tickwire_traits::{Clock, Delay, Duration};

use crate::rig::{Backpack, Eight, Four, Rig, Wiring};

/// Longer than any operation.
const BOUND: Duration = Duration::from_millis(500);

/// Each pin fails at each of its operations: that flush returns an error, and the next one
/// shows the wanted text.
#[track_caller]
fn check_pins<W: Wiring>() {
    let names: Vec<_> =
        Rig::<W, 16, 2>::new().handles.wires.iter().map(|(name, _)| *name).collect();
    for name in names {
        for operations in 0.. {
            let mut rig = Rig::<W, 16, 2>::new();
            rig.lcd.set_line(0, "all is well");
            rig.wire(name).fail_after(operations);
            if rig.sim.run(rig.lcd.flush()).is_ok() {
                assert!(operations > 10, "{name} was hardly used");
                break;
            }
            rig.lcd.set_line(1, "in the end");
            rig.sim.run(rig.lcd.flush()).unwrap();
            rig.check_shows(&["all is well", "in the end"]);
            assert!(rig.sim.clock().now().as_micros() < BOUND.as_micros());
        }
    }
}

#[test]
fn a_pin_of_four_lines_that_fails_is_an_error_once() {
    check_pins::<Four>();
}

#[test]
fn a_pin_of_eight_lines_that_fails_is_an_error_once() {
    check_pins::<Eight>();
}

/// A pin that is set, but reports a failure once.
struct Liar {
    pin: Output<SimClock>,
    left: Rc<Cell<u32>>,
}

impl ErrorType for Liar {
    type Error = PinFault;
}

impl OutputPin for Liar {
    fn set_low(&mut self) -> Result<(), PinFault> {
        self.set_state(PinState::Low)
    }

    fn set_high(&mut self) -> Result<(), PinFault> {
        self.set_state(PinState::High)
    }

    fn set_state(&mut self, state: PinState) -> Result<(), PinFault> {
        self.pin.set_state(state)?;
        let left = self.left.get().wrapping_sub(1);
        self.left.set(left);
        if left == 0 { Err(PinFault) } else { Ok(()) }
    }
}

#[test]
fn a_pin_that_was_set_and_says_it_was_not_does_no_harm() {
    for operations in 1.. {
        let sim = Sim::new();
        let clock = sim.clock();
        let display = Display::new(clock.clone(), 16, 2).with_oscillator(190_000);
        let wires = [(); 6].map(|()| Wire::new(clock.clone(), PinState::Low));
        let [rs, e, data @ ..] = wires.each_ref();
        display.wire_four(rs, e, data);
        let left = Rc::new(Cell::new(operations));
        let [rs, e, d4, d5, d6, d7] =
            wires.each_ref().map(|wire| Liar { pin: wire.output(), left: left.clone() });
        let bus = FourBit::new(rs, e, d4, d5, d6, d7);
        let mut lcd = Lcd::<_, _, 16, 2>::new(bus, Delay(clock.clone()));
        lcd.set_line(0, "all is well");
        let failed = sim.run(lcd.flush()).is_err();
        sim.run(lcd.flush()).unwrap();
        assert_eq!(display.rows(), ["all is well     ", "                "]);
        assert_eq!(display.log(), []);
        if !failed {
            return assert!(operations > 150);
        }
    }
}

/// `fault` is injected into each byte of a dialogue, one by one.
#[track_caller]
fn check_transfer(fault: Fault, is_expected: impl Fn(&Error<I2cFault>) -> bool) {
    for bytes in 0.. {
        let mut rig = Rig::<Backpack, 16, 2>::new();
        rig.lcd.set_glyph(0, [0x0a; 8]);
        rig.lcd.set_line(0, "all is well \u{0}");
        rig.faults().inject(bytes, fault);
        match rig.sim.run(rig.lcd.flush()) {
            Ok(()) => return assert!(bytes > 150 && bytes == rig.faults().bytes()),
            Err(error) => assert!(is_expected(&error), "{error:?}"),
        }
        rig.lcd.set_line(1, "in the end");
        rig.sim.run(rig.lcd.flush()).unwrap();
        rig.check_shows(&["all is well ⓪", "in the end"]);
        assert!(rig.sim.clock().now().as_micros() < BOUND.as_micros());
    }
}

#[test]
fn a_transfer_that_is_refused_is_an_error() {
    check_transfer(Fault::Nack, |error| matches!(error, Error::I2c(_)));
}

#[test]
fn a_stuck_line_is_an_error() {
    check_transfer(Fault::Stuck, |error| matches!(error, Error::I2c(_)));
}

#[test]
fn another_controller_that_wins_is_an_error() {
    check_transfer(Fault::ArbitrationLoss, |error| matches!(error, Error::I2c(_)));
}

#[test]
fn a_transfer_that_hangs_is_an_error_in_time() {
    check_transfer(Fault::Hang, |error| *error == Error::Timeout);
}

/// A garbled byte is not noticed, since nothing is read back. The driver does not hang, does
/// not panic and reports no false error, and a redraw, or an initialization if that is not
/// enough, shows the wanted text.
#[test]
fn a_garbled_byte_is_repaired_by_an_initialization() {
    for mask in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff] {
        for bytes in 0.. {
            let mut rig = Rig::<Backpack, 16, 2>::new();
            rig.lcd.set_line(0, "all is well");
            rig.faults().inject(bytes, Fault::Garble(mask));
            rig.sim.run(rig.lcd.flush()).unwrap();
            let total = rig.faults().bytes();
            rig.sim.run(rig.lcd.init()).unwrap();
            assert_eq!(rig.display.rows(), ["all is well     ", "                "]);
            assert!(rig.display.is_on() && rig.display.backlight());
            if bytes == total {
                break;
            }
        }
    }
}

/// While unplugged, each flush returns an error. After plugging in, with new power, the
/// display shows everything, including custom characters.
#[test]
fn a_display_that_was_unplugged_comes_back() {
    let mut rig = Rig::<Backpack, 16, 2>::new();
    rig.lcd.set_glyph(1, [0x15; 8]);
    rig.lcd.set_line(0, "still here \u{1}");
    rig.sim.run(rig.lcd.flush()).unwrap();
    rig.faults().set(Some(Fault::Nack));
    for second in ["1", "2", "3"] {
        rig.lcd.set_line(1, second);
        rig.sim.run(rig.lcd.flush()).unwrap_err();
    }
    rig.faults().set(None);
    rig.display.power_on(Duration::from_millis(40));
    rig.sim.run(rig.lcd.flush()).unwrap();
    rig.check_shows(&["still here ①", "3"]);
    assert_eq!(rig.display.cell(0, 11), [0x15; 8]);
}

#[test]
fn an_error_has_a_text_a_kind_and_a_source() {
    use embedded_hal_async::i2c::{Error as _, ErrorKind};
    use std::error::Error as _;
    let error = Error::I2c(I2cFault(ErrorKind::Bus));
    assert_eq!(error.to_string(), "the transfer to the display failed");
    assert_eq!(error.kind(), ErrorKind::Bus);
    assert!(error.source().is_some());
    let timeout = Error::<I2cFault>::Timeout;
    assert_eq!(timeout.to_string(), "the transfer to the display did not end in time");
    assert_eq!(timeout.kind(), ErrorKind::Other);
}

/// A driver on infallible pins is infallible; if the pins are `Send`, it is.
#[test]
fn a_driver_is_as_its_pins_are() {
    struct Sure;
    impl ErrorType for Sure {
        type Error = Infallible;
    }
    impl OutputPin for Sure {
        fn set_low(&mut self) -> Result<(), Infallible> {
            Ok(())
        }
        fn set_high(&mut self) -> Result<(), Infallible> {
            Ok(())
        }
    }
    impl DelayNs for Sure {
        async fn delay_ns(&mut self, _: u32) {}
    }
    fn send<T: Send>(value: T) -> T {
        value
    }
    let bus = FourBit::new(Sure, Sure, Sure, Sure, Sure, Sure);
    let mut lcd = send(Lcd::<_, _, 8, 1>::new(bus, Sure));
    let Ok(()) = Sim::new().run(send(lcd.flush()));
}
