//! A display that counts the seconds, and starts anew every five.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use tickwire_drivers::hd44780::{FourBit, Lcd};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_traits::{Clock, Delay, Duration, Timer};

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let bus = FourBit::new(
        Output::new(board.PIN_16, Level::Low),
        Output::new(board.PIN_17, Level::Low),
        Output::new(board.PIN_18, Level::Low),
        Output::new(board.PIN_19, Level::Low),
        Output::new(board.PIN_20, Level::Low),
        Output::new(board.PIN_21, Level::Low),
    );
    let mut lcd = Lcd::<_, _, 16, 2>::new(bus, Delay(EmbassyClock));
    lcd.set_glyph(0, [0, 0x0a, 0x1f, 0x1f, 0x0e, 0x04, 0, 0]);
    let mut ticker = EmbassyClock.ticker(Duration::from_secs(1));
    for second in (0..5).cycle() {
        if second == 0 {
            let Ok(()) = lcd.clear().await;
        }
        lcd.set_line(0, "Tickwire \0 24 °C");
        lcd.print(1, 0, ["0 s", "1 s", "2 s", "3 s", "4 s"][second]);
        let Ok(()) = lcd.flush().await;
        led.toggle();
        report!(EmbassyClock.now(), "flushed", second: second);
        ticker.tick().await;
    }
}
