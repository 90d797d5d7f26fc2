//! A GPS receiver and its satellites: the light is on while it uses four.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::UART0;
use embassy_rp::uart::{BufferedInterruptHandler, BufferedUartRx, Config};
use static_cell::StaticCell;
use tickwire_drivers::gps::{Gps, Satellites};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_traits::Clock;

embassy_rp::bind_interrupts!(struct Interrupts {
    UART0_IRQ => BufferedInterruptHandler<UART0>;
});

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    static BUFFER: StaticCell<[u8; 64]> = StaticCell::new();

    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut config = Config::default();
    config.baudrate = 9_600;
    let buffer = BUFFER.init([0; 64]);
    let line = BufferedUartRx::new(board.UART0, Interrupts, board.PIN_1, buffer, config);
    let mut gps = Gps::new(line, EmbassyClock).with_decoder(Satellites::<48>::new());
    loop {
        match gps.update().await {
            Ok(_) => {
                let used = gps.decoder().sets().flat_map(|set| set.satellites());
                led.set_level((used.filter(|satellite| satellite.is_used()).count() >= 4).into());
                #[cfg(feature = "report")]
                report_sets(gps.decoder());
            }
            Err(_error) => {
                led.toggle();
                report!(EmbassyClock.now(), "gps_failed", error: format_args!("\"{_error}\""));
            }
        }
    }
}

/// Reports the set that was published just now, if one was.
#[cfg(feature = "report")]
fn report_sets(satellites: &Satellites<48>) {
    static REPORTED: core::sync::atomic::AtomicU32 = core::sync::atomic::AtomicU32::new(0);

    let counters = satellites.counters();
    let before = REPORTED.load(core::sync::atomic::Ordering::Relaxed);
    REPORTED.store(counters.sets, core::sync::atomic::Ordering::Relaxed);
    let latest = satellites.sets().max_by_key(|set| set.at());
    let Some(set) = latest.filter(|_| counters.sets != before) else { return };
    report!(
        EmbassyClock.now(), "satellites",
        system: format_args!("\"{}\"", set.system()), signal: set.signal(),
        heard: set.satellites().filter(|it| it.snr().is_some()).count(),
        used: set.satellites().filter(|it| it.is_used()).count(),
        best: set.satellites().filter_map(|it| it.snr()).max().unwrap_or(0),
        torn: counters.torn,
    );
}
