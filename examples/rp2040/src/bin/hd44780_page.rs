//! A display that two tasks write to: one counts seconds, and one draws a bar.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use tickwire_drivers::hd44780::{FourBit, Lcd, Page};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_sync::CriticalSectionRawMutex;
use tickwire_traits::{Delay, Duration, Timer};

static PAGE: Page<CriticalSectionRawMutex, 16, 2> = Page::new();

#[embassy_executor::task]
async fn count() {
    let mut ticker = EmbassyClock.ticker(Duration::from_secs(1));
    loop {
        for second in ["0 s", "1 s", "2 s", "3 s", "4 s"] {
            ticker.tick().await;
            PAGE.edit().await.set_line(0, second);
            report!(tickwire_traits::Clock::now(&EmbassyClock), "counted");
        }
    }
}

#[embassy_executor::task]
async fn draw() {
    let mut ticker = EmbassyClock.ticker(Duration::from_millis(300));
    loop {
        for tenths in 1..=10 {
            ticker.tick().await;
            PAGE.edit().await.bar(1, 0..16, tenths, 10);
        }
    }
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let bus = FourBit::new(
        Output::new(board.PIN_16, Level::Low),
        Output::new(board.PIN_17, Level::Low),
        Output::new(board.PIN_18, Level::Low),
        Output::new(board.PIN_19, Level::Low),
        Output::new(board.PIN_20, Level::Low),
        Output::new(board.PIN_21, Level::Low),
    );
    let mut lcd = Lcd::<_, _, 16, 2>::new(bus, Delay(EmbassyClock));
    spawner.spawn(count().expect("it is spawned once"));
    spawner.spawn(draw().expect("it is spawned once"));
    let Ok(never) = lcd.follow(&PAGE).await;
    match never {}
}
