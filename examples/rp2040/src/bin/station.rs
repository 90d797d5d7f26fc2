//! The station: the application of `examples/station`, on this board.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

#[path = "../watchman.rs"]
mod watchman;

use embassy_executor::Spawner;
use embassy_rp::adc::{self, Adc};
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embassy_rp::peripherals::{I2C0, UART0};
use embassy_rp::pwm::{self, Pwm};
use embassy_rp::uart::{self, BufferedInterruptHandler, BufferedUart};
use embassy_rp::{bind_interrupts, i2c};
use embedded_hal::digital::PinState;
use static_cell::StaticCell;
use tickwire_drivers::encoder::Division;
use tickwire_drivers::hd44780::FourBit;
use tickwire_exec_embassy::{EmbassyClock, IrqEdges};
use tickwire_rp2040::{Observer, Settled};
use tickwire_station::{Commands, Controls, Dimmer, Keymap, Knob, Parts, Pulses, Remote};
use tickwire_traits::{Edges, PolledEdges, Side, analog};

bind_interrupts!(struct Interrupts {
    I2C0_IRQ => i2c::InterruptHandler<I2C0>;
    UART0_IRQ => BufferedInterruptHandler<UART0>;
    ADC_IRQ_FIFO => adc::InterruptHandler;
});

/// The display keeps the processor from edges for longer than they may be late. So an interrupt
/// stamps those of which the time matters.
static KNOB: IrqEdges<32, Side> = IrqEdges::new(PinState::High, EmbassyClock);
static REMOTE: IrqEdges<16> = IrqEdges::new(PinState::High, EmbassyClock);
static PULSES: IrqEdges<4> = IrqEdges::new(PinState::Low, EmbassyClock);

#[embassy_executor::task(pool_size = 2)]
async fn watch_knob(line: Side, pin: Input<'static>) {
    let Ok(never) = KNOB.watch_line(line, pin).await;
    match never {}
}

#[embassy_executor::task]
async fn watch_remote(pin: Input<'static>) {
    let Ok(never) = REMOTE.watch(pin).await;
    match never {}
}

#[embassy_executor::task]
async fn watch_pulses(pin: Input<'static>) {
    let Ok(never) = PULSES.watch(pin).await;
    match never {}
}

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    static SENT: StaticCell<[u8; 16]> = StaticCell::new();
    static RECEIVED: StaticCell<[u8; 256]> = StaticCell::new();

    let board = embassy_rp::init(Default::default());
    let low = Level::Low;
    let contact = |pin| PolledEdges::new(pin, EmbassyClock);
    let mut line = uart::Config::default();
    line.baudrate = 9_600;
    let (sent, received) = (SENT.init([0; 16]), RECEIVED.init([0; 256]));
    let (tx, rx) = (board.PIN_0, board.PIN_1);
    let port = BufferedUart::new(board.UART0, tx, rx, Interrupts, sent, received, line);
    let (tx, rx) = port.split();

    let mut lines = KNOB.claim().expect("it is claimed once");
    let mut receiver = REMOTE.claim().expect("it is claimed once");
    let mut pps = PULSES.claim().expect("it is claimed once");
    // From here on, no edge is lost.
    let (Ok(()), Ok(()), Ok(())) = (lines.arm(), receiver.arm(), pps.arm());
    let watchman = watchman::start();
    let a = watch_knob(Side::A, Input::new(board.PIN_10, Pull::Up));
    let b = watch_knob(Side::B, Input::new(board.PIN_11, Pull::Up));
    let remote = watch_remote(Input::new(board.PIN_14, Pull::Up));
    for task in [a, b] {
        watchman.spawn(task.expect("there is a task for each pin"));
    }
    watchman.spawn(remote.expect("it is spawned once"));
    let pulses = watch_pulses(Input::new(board.PIN_13, Pull::None));
    watchman.spawn(pulses.expect("it is spawned once"));
    let push = contact(Input::new(board.PIN_12, Pull::Up));
    let mut converter = Adc::new(board.ADC, Interrupts, adc::Config::default());
    let mut channel = adc::Channel::new_pin(board.PIN_26, Pull::None);
    let dial = analog::from_fn(4_095, async || converter.read(&mut channel).await);
    // 200 Hz, at 125 MHz.
    let mut pulses = pwm::Config::default();
    (pulses.divider, pulses.top) = (10.into(), 62_499);
    let light = Pwm::new_output_a(board.PWM_SLICE3, board.PIN_22, pulses);

    let parts = Parts {
        button: contact(Input::new(board.PIN_15, Pull::Up)),
        i2c: Settled(i2c::I2c::new_async(
            board.I2C0,
            board.PIN_5,
            board.PIN_4,
            Interrupts,
            i2c::Config::default(),
        )),
        lcd: FourBit::new(
            Output::new(board.PIN_16, low),
            Output::new(board.PIN_17, low),
            Output::new(board.PIN_18, low),
            Output::new(board.PIN_19, low),
            Output::new(board.PIN_20, low),
            Output::new(board.PIN_21, low),
        ),
        gps: rx,
        pps: Pulses { line: pps },
        commands: Commands { line: tx },
        clock: EmbassyClock,
        controls: Controls {
            knob: Knob { lines, push, division: Division::X1 },
            remote: Remote { receiver, keymap: Keymap::default() },
            dimmer: Dimmer { dial, light },
        },
    };
    match tickwire_station::run(parts, &Observer).await {}
}
