//! `nec_transmitter` with the crates `infrared` and `async-debounce`: a remote control with one
//! key, which also receives what it sends.
#![no_std]
#![no_main]

use async_debounce::Debouncer;
use embassy_executor::Spawner;
use embassy_futures::select::{Either, select};
use embassy_rp::gpio::{Input, Pull};
use embassy_rp::pwm::{Config, Pwm, PwmError, SetDutyCycle};
use embassy_time::{Duration, Instant, Timer};
use embedded_hal_async::digital::Wait;
use infrared::Receiver;
use infrared::protocol::Nec;
use infrared::protocol::nec::NecCommand;
use infrared::sender::ProtocolEncoder;
use tickwire_rp2040::report;

const KEY: NecCommand = NecCommand { addr: 0x40, cmd: 0x12, repeat: false };
/// 38 kHz: a 3289th of the processor's 125 MHz.
const TOP: u16 = 3_288;
/// Times are in microseconds.
const HZ: u32 = 1_000_000;
/// What the crate does not encode: the mark that ends a frame, and a repeat.
const LAST_MARK: u32 = 562;
const REPEAT: [u32; 3] = [9_000, 2_250, LAST_MARK];
const PERIOD: Duration = Duration::from_millis(108);
/// A pause of nothing, the marks and spaces of a start and of 32 bits, and the last mark.
const PULSES: usize = 1 + 2 + 2 * 32 + 1;

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    spawner.spawn(receive(Input::new(board.PIN_14, Pull::Up)).expect("it is spawned once"));

    let mut config = Config::default();
    config.top = TOP;
    let mut light = Pwm::new_output_a(board.PWM_SLICE0, board.PIN_16, config);
    let input = Input::new(board.PIN_15, Pull::Up);
    let mut contact = Debouncer::new(input, Duration::from_millis(20));
    let mut frame = [LAST_MARK; PULSES];
    <Nec as ProtocolEncoder<HZ>>::encode(&KEY, &mut frame);
    loop {
        let Ok(()) = contact.wait_for_low().await;
        let mut due = Instant::now();
        let mut sent = send(&mut light, &frame[1..]).await;
        loop {
            due += PERIOD;
            match select(contact.wait_for_high(), Timer::at(due)).await {
                Either::First(Ok(())) => break,
                Either::Second(()) => sent = sent.and(send(&mut light, &REPEAT).await),
            }
        }
        let _is_sent = sent.is_ok();
        report!(Instant::now(), if _is_sent { "sent" } else { "failed" });
    }
}

/// Sends marks and spaces, a mark first.
async fn send(light: &mut Pwm<'static>, pulses: &[u32]) -> Result<(), PwmError> {
    let mut at = Instant::now();
    for (nth, &pulse) in pulses.iter().enumerate() {
        if nth % 2 == 0 {
            light.set_duty_cycle_fraction(1, 3)?;
        } else {
            light.set_duty_cycle_fully_off()?;
        }
        at += Duration::from_micros(pulse.into());
        Timer::at(at).await;
    }
    light.set_duty_cycle_fully_off()
}

#[embassy_executor::task]
async fn receive(mut pin: Input<'static>) {
    let mut remote = Receiver::<Nec>::new(HZ);
    loop {
        pin.wait_for_any_edge().await;
        let now = Instant::now();
        if let Ok(Some(_key)) = remote.event_instant(now.as_micros() as u32, pin.is_low()) {
            if _key.repeat {
                report!(now, "repeat");
            } else {
                report!(now, "frame", address: _key.addr, command: _key.cmd);
            }
        }
    }
}
