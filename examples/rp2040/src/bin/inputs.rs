//! What comes in on four pins and one analog channel, counted: whether a remote
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
use tickwire_traits::{AnalogInput, Clock, Duration, Edges, Side, Timer, analog};

embassy_rp::bind_interrupts!(struct Interrupts {
    ADC_IRQ_FIFO => adc::InterruptHandler;
});

/// A frame of a remote control is 68 edges.
const ROOM: usize = 128;

static IR: IrqEdges<ROOM> = IrqEdges::new(PinState::High, EmbassyClock);
static PPS: IrqEdges<ROOM> = IrqEdges::new(PinState::Low, EmbassyClock);
/// Both lines of the encoder, in one order.
static KNOB: IrqEdges<ROOM, Side> = IrqEdges::new(PinState::High, EmbassyClock);

#[embassy_executor::task(pool_size = 2)]
async fn watch(edges: &'static IrqEdges<ROOM>, pin: Input<'static>) {
    let Ok(never) = edges.watch(pin).await;
    match never {}
}

#[embassy_executor::task(pool_size = 2)]
async fn watch_knob(side: Side, pin: Input<'static>) {
    let Ok(never) = KNOB.watch_line(side, pin).await;
    match never {}
}

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let watchman = watchman::start();
    let mut ir = follow(watchman, &IR, Input::new(board.PIN_14, Pull::Up));
    let mut pps = follow(watchman, &PPS, Input::new(board.PIN_13, Pull::Down));
    let knob_a = watch_knob(Side::A, Input::new(board.PIN_10, Pull::Up));
    let knob_b = watch_knob(Side::B, Input::new(board.PIN_11, Pull::Up));
    for task in [knob_a, knob_b] {
        watchman.spawn(task.expect("there is a task for each pin"));
    }
    let mut lines = KNOB.claim().expect("it is claimed once");
    let Ok(()) = lines.arm();
    let mut converter = Adc::new(board.ADC, Interrupts, adc::Config::default());
    let mut channel = Channel::new_pin(board.PIN_26, Pull::None);
    let mut knob = analog::from_fn(4_095, async || converter.read(&mut channel).await);
    let mut ticker = EmbassyClock.ticker(Duration::from_millis(500));
    loop {
        ticker.tick().await;
        let knob = knob.read().await.unwrap_or(0);
        let ir = count(&mut ir).await;
        let pps = count(&mut pps).await;
        let (mut a, mut b) = (0, 0);
        while let Ok(Ok(edge)) = EmbassyClock.timeout(Duration::ZERO, lines.edge()).await {
            let count = if edge.line == Side::A { &mut a } else { &mut b };
            // Missed ones are counted with the edge that comes after them.
            *count += 1 + edge.missed;
        }
        led.set_level((ir + pps + a + b > 0).into());
        report!(EmbassyClock.now(), "inputs", knob: knob, ir: ir, pps: pps, a: a, b: b);
    }
}

fn follow(
    watchman: SendSpawner,
    edges: &'static IrqEdges<ROOM>,
    pin: Input<'static>,
) -> IrqInput<'static, ROOM> {
    watchman.spawn(watch(edges, pin).expect("there is a task for each pin"));
    let mut input = edges.claim().expect("it is claimed once");
    let Ok(()) = input.arm();
    input
}

/// How many edges there have been since the last time.
async fn count(pin: &mut IrqInput<'static, ROOM>) -> u32 {
    let mut count = 0;
    while let Ok(Ok(edge)) = EmbassyClock.timeout(Duration::ZERO, pin.edge()).await {
        count += 1 + edge.missed;
    }
    count
}
