//! How much memory drivers and futures take, as a table that the compiler
//! writes for its target: `cargo xtask sizes` builds this for a Cortex-M0+,
//! reads the table out of the library and holds each row to its bound.
//!
//! Pins, buses and clocks are of size zero here, and their futures nearly so:
//! what is measured is what a driver adds to them. On real backends the clock
//! is of size zero too.
//!
//! A new driver gets a row for its type and one for each `async fn`; so does a new
//! primitive, which is measured without the data that it guards or carries.
#![no_std]
#![forbid(unsafe_code)]

mod parts;
mod row;

use core::future::{Future, Pending, pending};
use core::mem::size_of;

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;
use embedded_hal_async::spi::SpiDevice;
use tickwire_drivers::analog_watch::AnalogWatch;
use tickwire_drivers::button::{Button, Buttons};
use tickwire_drivers::contact::ContactSource;
use tickwire_drivers::encoder::{Acceleration, Encoder, InOrder};
use tickwire_drivers::gps::mtk::{Command, SpeedChange};
use tickwire_drivers::gps::pps::Timekeeper;
use tickwire_drivers::gps::{Commands, Extended, FixedPoint, Gps, Hub, LINE_LENGTH, Satellites};
use tickwire_drivers::hd44780::{A00, FourBit, Lcd, Page};
use tickwire_drivers::htu21d::{Htu21d, Sampler, Samples, chip};
use tickwire_drivers::keypad::Keypad;
use tickwire_drivers::ladder::Ladder;
use tickwire_drivers::led::{Dimmed, Led, OnOff, Program};
use tickwire_drivers::mcp3008::{Channel, Mcp3008};
use tickwire_drivers::nec::{Nec, Transmitter};
use tickwire_drivers::stream::{
    Exactly, FrameWriter, Frames, HalfDuplex, Lines, Quiet, Records, SharedWriter,
};
use tickwire_drivers::switch::Switch;
use tickwire_drivers::touch::Touch;
use tickwire_sync::{
    Barrier, CancelToken, Condition, CriticalSectionRawMutex as Raw, Event, Flag, Listener,
    Message, MutexGuard, Promise, Room, SemaphorePermit, TaskGroup, Unbounded, WakeSlots,
};
use tickwire_traits::{AnalogInput, Delay, Edges, PollEvery, PolledEdges, SleepUntil, Ticker};

use parts::{Adc, Bus, Clock, Line, Pair, Pin};
use row::{Row, future_of_1, future_of_2, future_of_3, written};

const ROWS: &[Row] = &[
    // A clock handle costs its holder nothing.
    Row::new("Delay", size_of::<Delay<Clock>>(), 0),
    Row::new("Delay::delay_ns, future", future_of_2(<Delay<Clock> as DelayNs>::delay_ns), 32),
    Row::new("Timer::sleep, SleepUntil", size_of::<SleepUntil<'_, Clock>>(), 16),
    Row::new("Timer::ticker, Ticker", size_of::<Ticker<'_, Clock>>(), 24),
    Row::new("Ticker::tick, future", future_of_1(Ticker::<Clock>::tick), 32),
    Row::new("PollEvery", size_of::<PollEvery<Clock>>(), 24),
    Row::new("PolledEdges", size_of::<PolledEdges<Pin, Clock>>(), 1),
    Row::new("PolledEdges::edge, future", future_of_1(PolledEdges::<Pin, Clock>::edge), 24),
    Row::new("Switch", size_of::<Switch<Pin, Clock>>(), 24),
    Row::new("Switch::change, future", future_of_1(Switch::<Pin, Clock>::change), 80),
    Row::new("Button", size_of::<Button<Contact>>(), 64),
    Row::new("Button::gesture, future", future_of_1(Button::<Contact>::gesture), 80),
    // A recognizer for each button that may be in use at the same time, and its key.
    Row::new(
        "Buttons, each in use",
        size_of::<Buttons<Contact, 2>>() - size_of::<Buttons<Contact, 1>>(),
        48,
    ),
    Row::new(
        "Buttons, beside those",
        2 * size_of::<Buttons<Contact, 1>>() - size_of::<Buttons<Contact, 2>>(),
        64,
    ),
    Row::new("Buttons::gesture, future", future_of_1(Buttons::<Contact, 2>::gesture), 96),
    Row::new("Encoder", size_of::<Knob>(), 48),
    Row::new("Encoder, with Acceleration", size_of::<FastKnob>(), 56),
    Row::new("Encoder::turn, future", future_of_1(Knob::turn), 80),
    // An edge of each line, and the time of the last one.
    Row::new("InOrder", size_of::<InOrder<Pin, Pin>>(), 96),
    Row::new("InOrder::edge, future", future_of_1(InOrder::<Pin, Pin>::edge), 80),
    Row::new("AnalogWatch", size_of::<Watch>(), 40),
    Row::new("AnalogWatch::sample, future", future_of_1(Watch::sample), 80),
    Row::new("AnalogWatch::leave, future", future_of_1(Watch::leave), 80),
    Row::new("AnalogWatch::enter, future", future_of_1(Watch::enter), 80),
    Row::new("AnalogWatch::change, future", future_of_1(Watch::change), 80),
    // Two bytes for each key.
    Row::new("Keypad, 4x4", size_of::<Keys<4>>(), 80),
    // A future for each column comes on top: any of them ends the wait.
    Row::new(
        "Keypad::change, future, each column",
        (future_of_1(Keys::<5>::change) - future_of_1(Keys::<1>::change)) / 4,
        12,
    ),
    Row::new("Keypad::change, future, 4x4", future_of_1(Keys::<4>::change), 104),
    Row::new("Keypad::report, future, 4x4", future_of_1(Keys::<4>::report), 104),
    Row::new("Htu21d", size_of::<Sensor>(), 16),
    Row::new("Htu21d::temperature, future", future_of_1(Sensor::temperature), 288),
    Row::new("Htu21d::humidity, future", future_of_1(Sensor::humidity), 288),
    Row::new("Htu21d::measure, future", future_of_1(Sensor::measure), 288),
    Row::new("Htu21d::user_register, future", future_of_1(Sensor::user_register), 288),
    Row::new("Htu21d::resolution, future", future_of_1(Sensor::resolution), 288),
    Row::new("Htu21d::set_resolution, future", future_of_2(Sensor::set_resolution), 288),
    Row::new("Htu21d::heater, future", future_of_1(Sensor::heater), 288),
    Row::new("Htu21d::set_heater, future", future_of_2(Sensor::set_heater), 288),
    Row::new("Htu21d::battery_low, future", future_of_1(Sensor::battery_low), 288),
    Row::new("Htu21d::soft_reset, future", future_of_1(Sensor::soft_reset), 288),
    Row::new("htu21d::Sampler", size_of::<Sampling>(), 88),
    Row::new("htu21d::Sampler::sample, future", future_of_1(Sampling::sample), 328),
    Row::new("htu21d::Samples", size_of::<Samples<Raw>>(), 80),
    // Each key has its level.
    Row::new("Ladder, each key", (size_of::<Rungs<5>>() - size_of::<Rungs<3>>()) / 2, 4),
    Row::new("Ladder, beside those", size_of::<Rungs<4>>() - 4 * 4, 48),
    Row::new(
        "Ladder::change_until, future",
        future_of_2(<Rungs<4> as ContactSource>::change_until),
        80,
    ),
    Row::new("Touch", size_of::<Pad>(), 32),
    Row::new("Touch::change_until, future", future_of_2(<Pad as ContactSource>::change_until), 80),
    Row::new("Led, on a pin", size_of::<Light>(), 48),
    Row::new("Led, dimmed", size_of::<Led<Dimmed<Pin>, Clock>>(), 48),
    Row::new("Led::play, future", future_of_2(Light::play), 48),
    // `run` is generic over a closure, so a function names its future.
    Row::new("Led::run, future", future_of_1(shown), 48),
    Row::new("Program, for a light", size_of::<Program>(), 12),
    Row::new("Mcp3008", size_of::<Converter>(), 1),
    Row::new("Mcp3008::read, future", future_of_2(Converter::read), 72),
    Row::new("Channel of an Mcp3008", size_of::<AdcChannel>(), 2),
    Row::new("Channel::read, future", future_of_1(<AdcChannel as AnalogInput>::read), 80),
    Row::new("Nec", size_of::<Nec<Pin, Clock>>(), 48),
    Row::new("Nec::signal, future", future_of_1(Nec::<Pin, Clock>::signal), 80),
    Row::new("Transmitter", size_of::<Remote>(), 32),
    Row::new("Transmitter::frame, future", future_of_2(Remote::frame), 80),
    Row::new("Transmitter::repeat, future", future_of_1(Remote::repeat), 80),
    Row::new("Transmitter::hold, future", future_of_3(Remote::hold::<Pending<()>>), 96),
    // The state has a bound of its own; the line that it keeps comes on top.
    Row::new("Gps, without its line", size_of::<Gps<Line, Clock>>() - LINE_LENGTH, 512),
    Row::new("Gps::update, future", future_of_1(Gps::<Line, Clock>::update), 48),
    Row::new("Extended, without its decoder", size_of::<Extended>(), 64),
    Row::new("Gps::next, future, with Extended", future_of_1(Wide::next), 48),
    Row::new("Satellites, each", size_of::<Sky<2>>() - size_of::<Sky<1>>(), 8),
    Row::new("Satellites, beside those", size_of::<Sky<0>>(), 400),
    // Receiver and fix, a second fix for the tasks, and five primitives.
    Row::new("Hub, without its line", size_of::<Receivers>() - LINE_LENGTH, 832),
    Row::new("Hub::run, future", future_of_1(Receivers::run), 48),
    Row::new("Hub::next, future", future_of_1(Receivers::next), 80),
    Row::new("Hub::position, future", future_of_2(Receivers::position), 88),
    Row::new("Hub::date, future", future_of_2(Receivers::date), 88),
    Row::new("Hub::lost, future", future_of_2(Receivers::lost), 216),
    // The line of a hub, with the command that was sent last, the answer, and the count of
    // sentences that a change of speed waits for.
    Row::new("Commands of a hub", size_of::<Orders>(), 144),
    Row::new("Hub::send, future", future_of_1(sent), 304),
    Row::new("Hub::post, future", future_of_1(posted), 288),
    Row::new("SpeedChange", size_of::<SpeedChange>(), 32),
    Row::new("Hub::change_speed, future", future_of_2(faster), 304),
    Row::new("Timekeeper of pulses", size_of::<Timekeeper>(), 192),
    Row::new("Lcd, 16x2 by four lines", size_of::<Lcd<FourLines, Delay<Clock>, 16, 2>>(), 160),
    Row::new("Lcd, 20x4 by four lines", size_of::<Display>(), 256),
    Row::new("Lcd::init, future", future_of_1(Display::init), 96),
    Row::new("Lcd::flush, future", future_of_1(Display::flush), 96),
    Row::new("Lcd::redraw, future", future_of_1(Display::redraw), 96),
    Row::new("Lcd::clear, future", future_of_1(Display::clear), 96),
    // What tasks edit, and a lock and a notice.
    Row::new("hd44780::Page, 20x4", size_of::<Shown>(), 176),
    Row::new("Page::edit, future", future_of_1(Shown::edit), 48),
    Row::new("Lcd::show, future", future_of_2(Display::show::<Raw, A00>), 112),
    Row::new("Lcd::follow, future", future_of_2(Display::follow::<Raw, A00>), 136),
    // Streams, whose buffers are the caller's to choose.
    Row::new("Lines, without its buffer", size_of::<Lines<Line, N>>() - N, 32),
    Row::new("Lines::line, future", future_of_1(Lines::<Line, N>::line), 72),
    Row::new("Records, without its buffer", size_of::<Records<Line, N>>() - N, 32),
    Row::new("Records::record, future", future_of_1(Records::<Line, N>::record), 72),
    Row::new("Exactly, without its buffer", size_of::<Exactly<Line, N>>() - N, 12),
    Row::new("Exactly::bytes, future", future_of_2(Exactly::<Line, N>::bytes), 72),
    Row::new("Quiet, without its buffer", size_of::<Quiet<Line, Clock, N>>() - N, 40),
    Row::new("Quiet::block, future", future_of_1(Quiet::<Line, Clock, N>::block), 72),
    Row::new("Frames, without its buffer", size_of::<Frames<Line, N>>() - N, 32),
    Row::new("Frames::frame, future", future_of_1(Frames::<Line, N>::frame), 72),
    Row::new("FrameWriter", size_of::<FrameWriter<Line>>(), 1),
    Row::new("FrameWriter::send, future", future_of_2(FrameWriter::<Line>::send), 144),
    Row::new("SharedWriter, without its buffer", size_of::<Writer>() - N, 32),
    Row::new("SharedWriter::send, future", future_of_2(Writer::send), 80),
    Row::new("SharedWriter::flush, future", future_of_1(Writer::flush), 56),
    Row::new("HalfDuplex, without its buffer", size_of::<Asker>() - N, 64),
    Row::new("HalfDuplex::ask, future", future_of_2(Asker::ask), 232),
    Row::new("HalfDuplex::listen, future", future_of_1(Asker::listen), 96),
    // The object of a primitive is three words at most, beside what it keeps.
    Row::new("Mutex", size_of::<Mutex>(), 12),
    Row::new("Event", size_of::<Event<Raw>>(), 12),
    Row::new("Flag", size_of::<Flag<Raw>>(), 12),
    Row::new("CancelToken", size_of::<CancelToken<Raw>>(), 12),
    Row::new("Semaphore", size_of::<Semaphore>(), 12),
    Row::new("BoundedSemaphore", size_of::<BoundedSemaphore>(), 12),
    Row::new("Message, without its value", size_of::<Message<Raw, Nothing>>(), 12),
    Row::new("Promise, without its value", size_of::<Promise<Raw, Nothing>>(), 12),
    // Four words: the number of a round and the count of running closures take one
    // each, so that neither overflows before memory is full.
    Row::new("Barrier", size_of::<Barrier<Raw>>(), 16),
    Row::new("Condition", size_of::<Condition<Raw>>(), 12),
    Row::new("RingQueue, without its items and its count", size_of::<RingQueue>() - 4, 12),
    // Three lines are three words: who pushes, who pops, who waits for all to be
    // done. The rest is five.
    Row::new("Queue, without its items", size_of::<Queue>(), 32),
    Row::new("RetriggerableDelay, without its deadline", size_of::<RetriggerableDelay>() - 8, 12),
    // A child's place in its group and its two links.
    Row::new("WakeSlots, each slot", (size_of::<WakeSlots<9, 1>>() - LIST) / 9, 12),
    // The last of those that were woken, and the group's waker: in a static, since wakers
    // outlive the group. As many as there are slots, unless the type says for how many.
    Row::new("WakeSlots, each group", LIST, 12),
    // Where its slots are (two words), its list, the rest of the last poll, how many tasks
    // there are, where a place may be free, and a first error (two words).
    Row::new("TaskGroup, without its tasks", size_of::<Group<0>>(), 32),
    // Its slot, a counter in its id, and whether it is there.
    Row::new("TaskGroup, each task, without its future", size_of::<Group<8>>() / 8 - 4, 9),
    // A future is its waiter's node, a reference, and what it keeps.
    Row::new("a waiter's node", future_of_1(Event::<Raw>::wait) - size_of::<&()>(), 24),
    Row::new("Event::wait, future", future_of_1(Event::<Raw>::wait), 28),
    Row::new("Flag::wait, future", future_of_1(Flag::<Raw>::wait), 28),
    Row::new("CancelToken::cancelled, future", future_of_1(CancelToken::<Raw>::cancelled), 28),
    Row::new("Mutex::lock, future", future_of_1(Mutex::lock), 28),
    Row::new("MutexGuard", size_of::<MutexGuard<'_, Raw, Nothing>>(), 4),
    Row::new("Semaphore::acquire, future", future_of_1(Semaphore::acquire), 36),
    Row::new("SemaphorePermit", size_of::<SemaphorePermit<'_, Raw, Unbounded>>(), 8),
    Row::new("Message::wait, future", future_of_1(Message::<Raw, u32>::wait), 28),
    Row::new("Message's Listener", size_of::<Listener<'_, Raw, u32>>(), 12),
    Row::new("Promise::wait, future", future_of_1(Promise::<Raw, u32>::wait), 28),
    Row::new("Barrier::wait, future", future_of_1(Barrier::<Raw>::wait), 36),
    Row::new("RetriggerableDelay::wait, future", future_of_1(RetriggerableDelay::wait), 40),
    Row::new("RingQueue::pop, future", future_of_1(RingQueue::pop), 28),
    Row::new("Queue::pop, future", future_of_1(Queue::pop), 28),
    Row::new("Queue::push, future, without its item", future_of_2(Queue::push), 32),
    Row::new("Queue::reserve, future", future_of_1(Queue::reserve), 28),
    Row::new("Queue::join, future", future_of_1(Queue::join), 28),
    Row::new("Room of a Queue", size_of::<Room<'_, Raw, Nothing, 1>>(), 4),
    // Two counters and a flag beside the mutex. A future holds that of the bus, which is
    // small here; a `write` of this bus makes a transaction of it.
    Row::new("SharedBus, without its bus", size_of::<SharedBus>(), 24),
    Row::new("SharedI2c", size_of::<SharedI2c>(), 4),
    Row::new("SharedI2c::write, future", future_of_3(<SharedI2c as I2c>::write), 80),
    Row::new("SharedI2c::transaction, future", future_of_3(<SharedI2c as I2c>::transaction), 56),
    Row::new("SharedSpi, without its pin and its delay", size_of::<SharedSpi>(), 4),
    Row::new("SharedSpi::write, future", future_of_2(<SharedSpi as SpiDevice>::write), 136),
    Row::new(
        "SharedSpi::transaction, future",
        future_of_2(<SharedSpi as SpiDevice>::transaction),
        96,
    ),
];

type Rungs<const N: usize> = Ladder<Adc, Clock, N>;
type Wide = Gps<Line, Clock, LINE_LENGTH, Extended>;
type Sky<const N: usize> = Satellites<N, ()>;
type Pad = Touch<Adc, Clock>;
type Contact = Switch<Pin, Clock>;
type Knob = Encoder<Pair, Clock>;
type FastKnob = Encoder<Pair, Clock, Acceleration>;
type Watch = AnalogWatch<Adc, Clock>;
type Keys<const COLUMNS: usize> = Keypad<Pin, Pin, Clock, 4, COLUMNS>;
type Sensor = Htu21d<Bus, Delay<Clock>>;
type Sampling = Sampler<'static, Raw, chip::Htu21d, Bus, Delay<Clock>, Clock>;
type Receivers = Hub<Raw, Line, Clock>;
type Orders = Commands<Raw, Line, Command>;
type Sending = Hub<Raw, Line, Clock, LINE_LENGTH, FixedPoint, Orders>;
type Light = Led<OnOff<Pin>, Clock>;
type Converter = Mcp3008<Bus>;
type Remote = Transmitter<Pin, Clock>;
type AdcChannel = Channel<Bus, 10>;
type FourLines = FourBit<Pin, Pin, Pin, Pin, Pin, Pin>;
type Nothing = ();
type Group<const N: usize> = TaskGroup<Pending<Nothing>, N>;
type Mutex = tickwire_sync::Mutex<Raw, Nothing>;
type Semaphore = tickwire_sync::Semaphore<Raw>;
type BoundedSemaphore = tickwire_sync::BoundedSemaphore<Raw>;
type RetriggerableDelay = tickwire_sync::RetriggerableDelay<Raw, Clock>;
type RingQueue = tickwire_sync::RingQueue<Raw, Nothing, 1>;
type Queue = tickwire_sync::Queue<Raw, Nothing, 1>;
type SharedBus = tickwire_sync::SharedBus<Raw, Bus>;
type SharedI2c = tickwire_sync::SharedI2c<'static, Raw, Bus>;
type SharedSpi = tickwire_sync::SharedSpi<'static, Raw, Bus, Pin, Delay<Clock>>;
type Display = Lcd<FourLines, Delay<Clock>, 20, 4>;
type Shown = Page<Raw, 20, 4>;
type Writer = SharedWriter<Raw, Line, N>;
type Asker = HalfDuplex<Line, Clock, N>;

/// The length of a buffer.
const N: usize = 64;

/// The future of `run`, with an order that is a future of no size.
fn shown(led: &'static mut Light) -> impl Future {
    led.run(async || pending().await)
}

/// The future of `send`, which takes more than a command.
fn sent(hub: &'static Sending) -> impl Future {
    hub.send(Command::Test)
}

fn posted(hub: &'static Sending) -> impl Future {
    hub.post(Command::Test)
}

fn faster(hub: &'static Sending, change: &'static mut SpeedChange) -> impl Future {
    hub.change_speed(change)
}

/// What a group has in [`WakeSlots`].
const LIST: usize = size_of::<WakeSlots<0, 1>>();

/// The table, in the compiled library as plain text.
pub static TABLE: [[u8; row::WIDTH]; ROWS.len() + 2] = written(ROWS);
