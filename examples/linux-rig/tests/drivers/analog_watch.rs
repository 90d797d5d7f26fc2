//! A knob at a converter on `/dev/spidev0.0`, whose value is a parameter of the kernel's module,
//! and a converter of the kernel's industrial I/O, whose value stays.

use std::pin::pin;

use futures_lite::future::{poll_fn, poll_once};
use tickwire_drivers::analog_watch::Place::{Inside, Outside};
use tickwire_drivers::analog_watch::{AnalogWatch, Band, Error, Settings};
use tickwire_drivers::mcp3008::{Channel, Input, Mcp3008};
use tickwire_exec_std::{StdClock, adc, run, spi};
use tickwire_traits::{Duration, Timer};

use crate::CLOCK;
use crate::mcp3008::set;
use crate::rig::in_rig;

const SETTINGS: Settings = Settings::new(Band::between(400, 600).with_hysteresis(50));

type Watch = AnalogWatch<Channel<spi::Device, 10>, StdClock>;

fn watch(settings: Settings) -> Watch {
    let spi = spi::Device::open("/dev/spidev0.0", spi::Settings::new(1_000_000)).unwrap();
    AnalogWatch::new(Mcp3008::new(spi).into_channel(Input::Ch0), CLOCK, settings).unwrap()
}

/// Runs `work`, and counts how often it is polled.
async fn counted<F: Future>(work: F) -> (F::Output, u32) {
    let (mut work, mut polls) = (pin!(work), 0);
    poll_fn(|cx| {
        polls += 1;
        work.as_mut().poll(cx).map(|output| (output, polls))
    })
    .await
}

#[test]
fn a_knob_leaves_its_band_and_enters_it() {
    in_rig(|| {
        let mut watch = watch(SETTINGS);
        let hand = [
            (500, Some(Inside)),
            (600, None),
            (601, Some(Outside)),
            (551, None),
            (550, Some(Inside)),
            (399, Some(Outside)),
            (1_023, None),
            (450, Some(Inside)),
        ];
        run(async |_| {
            for (value, expected) in hand {
                set("inputs", &value.to_string());
                let wait = Duration::from_millis(if expected.is_some() { 20_000 } else { 100 });
                let change = CLOCK.timeout(wait, watch.change()).await.ok();
                let change = change.map(|change| change.unwrap());
                let seen = change.map(|change| (change.value, change.place));
                assert_eq!(seen, expected.map(|place| (value, place)), "at {value}");
            }
            // A failure of the bus is returned, and it goes on.
            set("spi_error", "5");
            assert!(matches!(watch.enter().await, Err(Error::Input(_))));
            set("spi_error", "0");
            assert!(poll_once(watch.leave()).await.is_none());
            assert_eq!(watch.enter().await.unwrap().value, 450);
        });
        assert_eq!(watch.beyond_full_scale(), 0);
    });
}

#[test]
fn a_watch_is_polled_at_its_readings_alone_and_keeps_its_periods() {
    in_rig(|| {
        set("inputs", "500");
        const PERIOD: Duration = Duration::from_millis(50);
        let mut watch = watch(SETTINGS.with_period(PERIOD).with_mean_of(8));
        run(async |_| {
            let first = watch.sample().await.unwrap();
            let ((), polls) = counted(async {
                for values in 1..=4 {
                    let sample = watch.sample().await.unwrap();
                    let late = sample.at - (first.at + PERIOD * (8 * values));
                    assert_eq!(sample.value, 500);
                    assert!(late < PERIOD, "value {values}: {late:?}");
                }
            })
            .await;
            // The start, and for each reading the end of its period and that of its transfer.
            assert!(polls <= 1 + 2 * 4 * 8, "{polls} polls");
        });
    });
}

#[test]
fn a_converter_of_the_kernel_is_an_input() {
    in_rig(|| {
        let input = adc::Input::open("adc", "voltage0", 4_095).unwrap();
        let settings = Settings::new(Band::around_current(5)).with_mean_of(4);
        let mut watch = AnalogWatch::new(input, CLOCK, settings).unwrap();
        run(async |_| {
            assert_eq!(watch.enter().await.unwrap().value, 73);
            let left = CLOCK.timeout(Duration::from_millis(200), watch.leave()).await;
            assert!(left.is_err());
            watch.set_band(Band::between(74, 4_095)).unwrap();
            assert_eq!(watch.leave().await.unwrap().value, 73);
        });
    });
}
