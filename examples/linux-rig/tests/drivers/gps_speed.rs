//! A GPS receiver whose speed is changed, at the other end of a pseudo-terminal or of a UART.

use embedded_io_async::{Read, Write};
use tickwire_drivers::gps::mtk::{Baud, SpeedChange};
use tickwire_drivers::gps::{Commands, Gps, Hub, SpeedError};
use tickwire_exec_std::serial::{self, Serial};
use tickwire_exec_std::{StdClock, run};
use tickwire_sim::models::gps::{Control, Obedience, Receiver, demo_log};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Either, race};

use crate::CLOCK;
use crate::gps_line::{BAUD, Far, on_a_pseudo_terminal, on_a_uart};

type Found = Result<Baud, SpeedError<serial::Error, serial::Error>>;

#[test]
fn a_receiver_on_a_pseudo_terminal_changes_its_speed_or_is_found() {
    on_a_pseudo_terminal(change_twice);
}

#[test]
fn a_receiver_on_a_uart_changes_its_speed_or_is_found() {
    on_a_uart(change_twice);
}

/// Makes a receiver faster, lets it forget and disobey, and finds it.
fn change_twice<F: Read + Write>(near: Serial, far: Far<F>) {
    let model = Receiver::new(CLOCK, demo_log(600), BAUD).then_silence();
    let control = model.control();
    let (reader, writer) = near.split().unwrap();
    let hub = Hub::<NoopRawMutex, _, _>::new(Gps::new(reader, CLOCK), CLOCK)
        .with_commands(Commands::mtk(writer));
    run(async |_| {
        let work = async {
            let mut change = SpeedChange::new(Baud::B9600, Baud::B115200);
            check(hub.change_speed(&mut change).await, Baud::B115200, &control);
            control.lose_power();
            control.obey_speed(Obedience::Never);
            check(hub.change_speed(&mut change).await, Baud::B9600, &control);
            assert_eq!(change.port(), Baud::B9600);
        };
        let line = race(hub.run(), far.carry(model));
        assert!(matches!(race(work, line).await, Either::First(())), "the line has ended");
    });
}

#[track_caller]
fn check(found: Found, expected: Baud, control: &Control<StdClock>) {
    assert_eq!(found.unwrap(), expected);
    assert_eq!(control.baud(), expected.bits_per_second());
}
