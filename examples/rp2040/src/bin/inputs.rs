//! What comes in on four pins and one analogue channel, counted: whether a remote
//! control's receiver, an encoder and a pulse per second are wired as they should be.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

#[path = "../watchman.rs"]
mod watchman;

use embassy_executor::{SendSpawner, Spawner};
use embassy_rp::adc::{self, Adc, Channel};
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embedded_hal::digital::PinState;
use tickwire_exec_embassy::{EmbassyClock, IrqEdges, IrqInput};
use tickwire_rp2040::report;
use tickwire_traits::{Clock, Duration, Edges as _, Timer};

embassy_rp::bind_interrupts!(struct Interrupts {
    ADC_IRQ_FIFO => adc::InterruptHandler;
});

/// A frame of a remote control is 68 edges.
type Edges = IrqEdges<128>;
type Pin = IrqInput<'static, 128>;

static IR: Edges = IrqEdges::new(PinState::High);
static PPS: Edges = IrqEdges::new(PinState::Low);
static A: Edges = IrqEdges::new(PinState::High);
static B: Edges = IrqEdges::new(PinState::High);

#[embassy_executor::task(pool_size = 4)]
async fn watch(edges: &'static Edges, pin: Input<'static>) {
    let Ok(never) = edges.watch(pin).await;
    match never {}
}

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let watchman = watchman::start();
    let mut ir = follow(watchman, &IR, Input::new(board.PIN_14, Pull::Up));
    let mut pps = follow(watchman, &PPS, Input::new(board.PIN_13, Pull::Down));
    let mut a = follow(watchman, &A, Input::new(board.PIN_10, Pull::Up));
    let mut b = follow(watchman, &B, Input::new(board.PIN_11, Pull::Up));
    let mut converter = Adc::new(board.ADC, Interrupts, adc::Config::default());
    let mut knob = Channel::new_pin(board.PIN_26, Pull::None);
    let mut ticker = EmbassyClock.ticker(Duration::from_millis(500));
    loop {
        ticker.tick().await;
        let knob = converter.read(&mut knob).await.unwrap_or(0);
        let ir = count(&mut ir).await;
        let pps = count(&mut pps).await;
        let (a, b) = (count(&mut a).await, count(&mut b).await);
        led.set_level((ir + pps + a + b > 0).into());
        report!(EmbassyClock.now(), "inputs", knob: knob, ir: ir, pps: pps, a: a, b: b);
    }
}

fn follow(watchman: SendSpawner, edges: &'static Edges, pin: Input<'static>) -> Pin {
    watchman.spawn(watch(edges, pin).expect("there is a task for each pin"));
    let mut input = edges.claim().expect("it is claimed once");
    let Ok(()) = input.arm();
    input
}

/// How many edges there have been since the last time.
async fn count(pin: &mut Pin) -> u32 {
    let mut count = 0;
    while let Ok(Ok(edge)) = EmbassyClock.timeout(Duration::ZERO, pin.edge()).await {
        count += 1 + edge.missed;
    }
    count
}
