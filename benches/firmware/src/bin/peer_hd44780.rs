//! `hd44780` with the crate `hd44780-driver`: a display that counts the seconds, and starts anew
//! every five.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_time::{Delay, Duration, Ticker, Timer};
use hd44780_driver::{Cursor, CursorBlink, HD44780};
use tickwire_rp2040::report;

/// Where the second line begins.
const SECOND_LINE: u8 = 0x40;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    // The crate waits for 15 ms, and a display that runs on less than 4.5 V needs 40.
    Timer::after_millis(40).await;
    let lcd = HD44780::new_4bit(
        Output::new(board.PIN_16, Level::Low),
        Output::new(board.PIN_17, Level::Low),
        Output::new(board.PIN_18, Level::Low),
        Output::new(board.PIN_19, Level::Low),
        Output::new(board.PIN_20, Level::Low),
        Output::new(board.PIN_21, Level::Low),
        &mut Delay,
    );
    // Its pins cannot fail.
    let Ok(mut lcd) = lcd else { return };
    let _ = lcd.set_cursor_visibility(Cursor::Invisible, &mut Delay);
    let _ = lcd.set_cursor_blink(CursorBlink::Off, &mut Delay);
    let mut ticker = Ticker::every(Duration::from_secs(1));
    for second in (0..5).cycle() {
        if second == 0 {
            let _ = lcd.clear(&mut Delay);
        }
        let _ = lcd.set_cursor_pos(0, &mut Delay);
        // The degree sign of the display's own set.
        let _ = lcd.write_bytes(b"Tickwire   24 \xdfC", &mut Delay);
        let _ = lcd.set_cursor_pos(SECOND_LINE, &mut Delay);
        let _ = lcd.write_str(["0 s", "1 s", "2 s", "3 s", "4 s"][second], &mut Delay);
        led.toggle();
        report!(embassy_time::Instant::now(), "flushed", second: second);
        ticker.next().await;
    }
}
