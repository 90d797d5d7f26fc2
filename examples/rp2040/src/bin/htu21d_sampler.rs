//! A hygrometer that one task asks and another shows: the light is on where it is damp.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::i2c::{Config, I2c, InterruptHandler};
use embassy_rp::peripherals::I2C0;
use tickwire_drivers::htu21d::{CentiPercent, Htu21d, Resolution, Sampler, Samples, Settings};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::{Settled, report};
use tickwire_sync::CriticalSectionRawMutex;
use tickwire_traits::{Clock, Delay, Duration};

embassy_rp::bind_interrupts!(struct Interrupts {
    I2C0_IRQ => InterruptHandler<I2C0>;
});

static CLIMATE: Samples<CriticalSectionRawMutex> = Samples::new();

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    spawner.spawn(show(Output::new(board.PIN_25, Level::Low)).expect("one task of this kind"));
    spawner.spawn(tell_errors().expect("one task of this kind"));
    let i2c = I2c::new_async(board.I2C0, board.PIN_5, board.PIN_4, Interrupts, Config::default());
    let sensor = Htu21d::new(Settled(i2c), Delay(EmbassyClock));
    // The sensor loses this resolution with its power, and gets it again.
    let settings = Settings::new().with_resolution(Resolution::Rh8T12);
    let mut sampler = Sampler::new(sensor, EmbassyClock, &CLIMATE)
        .with_period(Duration::from_millis(500))
        .with_settings(settings);
    match sampler.run().await {}
}

#[embassy_executor::task]
async fn show(mut led: Output<'static>) {
    let mut samples = CLIMATE.listener();
    loop {
        let climate = samples.next().await.measurement;
        led.set_level((climate.humidity > CentiPercent(6_000)).into());
        report!(
            EmbassyClock.now(), "climate",
            centi_celsius: climate.temperature.0, centi_percent: climate.humidity.0,
        );
    }
}

#[embassy_executor::task]
async fn tell_errors() {
    loop {
        let _health = CLIMATE.health_change().await;
        report!(
            EmbassyClock.now(), "health",
            failing: _health.failing, errors: _health.errors(), recoveries: _health.recoveries,
        );
    }
}
