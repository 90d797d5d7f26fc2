//! A character display: on six lines, of which the kernel records what is written, and on
//! `/dev/i2c-1`.

use std::fmt::Write;

use embedded_hal::digital::PinState::Low;
use futures_lite::future::zip;
use tickwire_drivers::hd44780::{FourBit, Lcd, Page, Pcf8574};
use tickwire_exec_std::gpio::{Output, OutputSettings};
use tickwire_exec_std::i2c::Bus;
use tickwire_exec_std::run;
use tickwire_linux_rig::i2c_bus::{PATH, tell};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Delay, Duration, Timer, race};

use crate::CLOCK;
use crate::display::{Wiring, play, row};
use crate::recorder::Recorder;
use crate::rig::{in_rig, with_chip};

/// What the ROM has for a character whose dots are all dark.
const FULL: &str = "███████████";

const RS: u32 = 2;
const E: u32 = 3;
const DATA: [u32; 4] = [4, 5, 6, 7];

#[test]
fn a_display_on_six_lines_shows_what_it_is_told() {
    with_chip(|chip| {
        let recorder = Recorder::start("pinctrl-rig");
        let pin = |offset| {
            let low = OutputSettings { initial: Low, ..OutputSettings::DEFAULT };
            Output::open(&chip.line(offset), low).unwrap()
        };
        let [d4, d5, d6, d7] = DATA.map(pin);
        let bus = FourBit::new(pin(RS), pin(E), d4, d5, d6, d7);
        let mut lcd = Lcd::<_, _, 16, 2>::new(bus, Delay(CLOCK));
        run(async |_| {
            lcd.set_line(0, "23.81 °C");
            lcd.set_line(1, "51.2 % humid");
            lcd.flush().await.unwrap();
            lcd.set_line(1, "51.3 % humid");
            lcd.flush().await.unwrap();
        });
        drop(lcd);
        let writes = recorder.stop();
        let display = play(&writes, Wiring { rs: RS, e: E, data: DATA });
        assert_eq!((display.violations(), display.log()), (0, &[][..]));
        assert!(display.is_on());
        assert_eq!(row(&display, 0), *b"23.81 \xdfC        ");
        assert_eq!(row(&display, 1), *b"51.3 % humid    ");
        let of_e = writes.iter().filter(|write| write.offset == E).count();
        println!("counted: {} writes of lines, {of_e} of them of E", writes.len());
    });
}

#[test]
fn a_display_on_a_bus_shows_what_it_is_told() {
    in_rig(|| {
        let bus = Pcf8574::new(Bus::open(PATH).unwrap());
        let mut lcd = Lcd::<_, _, 16, 2>::new(bus, Delay(CLOCK));
        run(async |_| {
            lcd.set_line(0, "23.81 \u{b0}C");
            lcd.set_line(1, "51.2 % humid");
            lcd.flush().await.unwrap();
        });
        assert_eq!(tell("row 0"), "23.81 \u{b0}C        ");
        assert_eq!(tell("row 1"), "51.2 % humid    ");
        assert_eq!(tell("violations"), "0");
    });
}

#[test]
fn two_tasks_write_to_a_display_on_a_bus() {
    in_rig(|| {
        let bus = Pcf8574::new(Bus::open(PATH).unwrap());
        let mut lcd = Lcd::<_, _, 16, 2>::new(bus, Delay(CLOCK));
        let page = Page::<NoopRawMutex, 16, 2>::new();
        let count = async {
            for second in 0..5 {
                write!(page.edit().await.at(0, 0), "{second} s").unwrap();
                CLOCK.sleep(Duration::from_millis(60)).await;
            }
        };
        let draw = async {
            for tenths in 1..=7 {
                assert!(page.edit().await.bar(1, 0..16, tenths, 10));
                CLOCK.sleep(Duration::from_millis(40)).await;
            }
        };
        let work = async {
            zip(count, draw).await;
            // 56 of 80 dots: eleven characters and a dot, for which there is a custom one.
            for _ in 0..600 {
                if tell("row 0") == "4 s             " && tell("row 1").starts_with(FULL) {
                    return;
                }
                CLOCK.sleep(Duration::from_millis(100)).await;
            }
            panic!("{:?} {:?}", tell("row 0"), tell("row 1"));
        };
        run(async |_| race(lcd.follow(&page), work).await);
        assert_eq!(tell("violations"), "0");
    });
}
