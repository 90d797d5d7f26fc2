//! A character display: on six lines, of which the kernel records what is written, and on
//! `/dev/i2c-1`.

use embedded_hal::digital::PinState::Low;
use tickwire_drivers::hd44780::{FourBit, Lcd, Pcf8574};
use tickwire_exec_std::gpio::{Output, OutputSettings};
use tickwire_exec_std::i2c::Bus;
use tickwire_exec_std::run;
use tickwire_linux_rig::i2c_bus::{PATH, tell};
use tickwire_sim::models::hd44780::{Controller, Pins};
use tickwire_traits::{Delay, Instant};

use crate::CLOCK;
use crate::recorder::{Recorder, Write};
use crate::rig::{in_rig, with_chip};

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
        let display = play(&writes);
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

/// Applies what was written to a display that was switched on with the first write.
fn play(writes: &[Write]) -> Controller {
    let mut display = Controller::new(writes.first().map_or(Instant::EPOCH, |write| write.at));
    let mut levels = [false; 32];
    for &Write { at, offset, is_high } in writes {
        let Some(level) = levels.get_mut(offset as usize) else { continue };
        let falls = *level && !is_high;
        *level = is_high;
        if offset == E && falls {
            // D0 to D3 are open, and pulled up.
            let data = DATA
                .iter()
                .rev()
                .fold(0, |data, &line| data << 1 | u8::from(levels[line as usize]));
            display.latch(at, Pins { rs: levels[RS as usize], rw: false, data: data << 4 | 0x0f });
        }
    }
    display
}

fn row(display: &Controller, line: u8) -> [u8; 16] {
    std::array::from_fn(|column| {
        display.visible(line, column as u8).map_or(0, |address| display.ddram(address))
    })
}
