//! Every value has a format of `defmt`. One that loses it no longer compiles here.
#![cfg(feature = "defmt")]

use defmt::Format;
use embedded_hal::{i2c, spi};
use tickwire_drivers::civil::{Date, Time};
use tickwire_drivers::contact::{Change, Contact};
use tickwire_drivers::{
    analog_watch, button, hd44780, htu21d, keypad, ladder, led, mcp3008, nec, switch, touch,
};
use tickwire_traits::{Duration, Instant};

#[test]
fn every_value_has_a_format() {
    let bus = i2c::ErrorKind::ArbitrationLoss;
    let band = analog_watch::Band::around_current(5);
    logged(analog_watch::Settings::new(band));
    logged(analog_watch::InvalidSettings::ZeroPeriod);
    logged(analog_watch::Error::Input(bus));
    logged(analog_watch::BeyondFullScale(5));
    let place = analog_watch::Place::Inside;
    logged(analog_watch::Sample { value: 5, place, at: Instant::EPOCH });
    logged(button::Gesture { key: (), event: button::Event::Press, at: Instant::EPOCH });
    logged(button::Timing::default());
    logged(button::Reporting::Immediate);
    logged(hd44780::CursorStyle::Both);
    logged(hd44780::Error::I2c(bus));
    logged(hd44780::Width::Four);
    logged(hd44780::Write::Rest);
    logged(htu21d::BadFrame::Checksum);
    logged(htu21d::Error::Bus(bus));
    logged(htu21d::FirmwareRevision(0x20));
    logged(htu21d::Health::default());
    logged(htu21d::HeaterCurrent::MOST);
    logged(htu21d::Resolution::default());
    logged(htu21d::SerialNumber(5));
    logged(htu21d::Settings::new());
    logged(htu21d::UserRegister(2));
    logged(ladder::InvalidSettings::TooClose);
    logged(ladder::Share::FULL);
    logged(led::Brightness::FULL);
    logged(led::Curve::default());
    let key = keypad::Key { row: 1, column: 2 };
    logged(keypad::Report::Ambiguous { key, at: Instant::EPOCH });
    logged(mcp3008::Error::Spi(spi::ErrorKind::Overrun));
    logged(mcp3008::Input::Ch0);
    logged(nec::Addressing::default());
    logged(*nec::Decoder::new().counters());
    let repeat = nec::Repeat { frame: Some(nec::Frame::new(1, 2)), held: Duration::ZERO };
    logged(nec::Signal { at: Instant::EPOCH, event: nec::Event::Repeat(repeat) });
    logged(nec::Event::Error(nec::Error::BadData { address: 1 }));
    logged(Change { key: 1_u8, contact: Contact::Open, at: Instant::EPOCH });
    logged(switch::Debounce::default());
    logged(switch::Mode::Eager);
    logged(switch::Wiring::default());
    logged(touch::InvalidSettings::Threshold);
    logged(touch::Settings::default());
}

#[test]
fn values_are_sent_with_what_they_hold() {
    check(button::Event::Clicks(5), &[4, 5]);
    check(Date::new(2024, 2, 29), &[0xe8, 7, 2, 29]);
    check(Time::new(0, 0, 1, 0), &[0xe8, 3, 0, 0]);
    let (temperature, humidity) = (htu21d::CentiCelsius(-1), htu21d::CentiPercent(0x1234));
    check(htu21d::Reading::Temperature(temperature), &[0xff, 0xff]);
    check(htu21d::Measurement { temperature, humidity }, &[0x34, 0x12]);
}

#[cfg(feature = "gps")]
mod gps {
    use tickwire_drivers::gps::{
        Aged, Compass, Constellation, Course, Dimension, Dop, Error, Field, Latitude, Longitude,
        Position, Quality, Receiver, Sentence, Speed, Status, Transition,
    };

    use super::*;

    #[test]
    fn every_value_has_a_format() {
        logged(Aged { value: 7_u8, at: Instant::EPOCH });
        logged(Compass::N);
        logged(Constellation::Gps);
        logged(Dimension::Two);
        logged(Error::Read(embedded_io::ErrorKind::Other));
        logged(Position::default());
        logged(Quality::Autonomous);
        logged(Sentence::Gga);
        logged(Status::Valid);
        logged(Transition::Found);
    }

    #[test]
    fn quantities_are_sent_as_integers() {
        check(Latitude::from_e7(-2), &[0xfe, 0xff, 0xff, 0xff]);
        check(Longitude::from_e7(0x0102_0304), &[4, 3, 2, 1]);
        check(Course::from_hundredths(0x1234), &[0x34, 0x12]);
        check(Dop::from_hundredths(0x1234), &[0x34, 0x12]);
        check(Speed::from_hundredths(0x0102_0304), &[4, 3, 2, 1]);
    }

    /// A fix has each value that was reported, and no placeholder for another.
    #[test]
    fn a_fix_is_sent_with_what_is_known() {
        const AT: [u8; 8] = [8, 7, 6, 5, 4, 3, 2, 1];
        let times = |bytes: &[u8]| bytes.windows(8).filter(|window| **window == AT).count();
        let mut receiver = Receiver::<102>::new();
        logged(receiver.counters());
        assert_eq!(times(&logged(*receiver.fix())), 0);
        let sentence = b"$GPVTG,232.9,T,,M,002.3,N,004.3,K,A*01\r";
        let at = Instant::from_micros(u64::from_le_bytes(AT));
        let update = sentence.iter().find_map(|byte| receiver.push(*byte, at)).unwrap();
        logged(update);
        // Two bytes for each string, one for each field.
        let set = logged(update.set);
        assert_eq!((set.len(), set[10], set[17]), (22, Field::Speed as u8, Field::Course as u8));
        let fix = logged(*receiver.fix());
        assert_eq!(times(&fix), 2, "{fix:02x?}");
        check(*receiver.fix(), &[230, 0, 0, 0]);
    }
}

/// Checks that `data` is among the bytes that are sent for `value`. The others are the numbers of
/// its strings, whose high bytes are zero.
#[track_caller]
fn check(value: impl Format, data: &[u8]) {
    let bytes = logged(value);
    assert!(bytes.windows(data.len()).any(|window| window == data), "{bytes:02x?}");
}

/// Returns the bytes that are sent for `value`.
fn logged(value: impl Format) -> Vec<u8> {
    defmt::println!("{}", value);
    defmt::export::fetch_bytes()
}
