//! The devices, and what is done with them.

use std::cell::Cell;
use std::rc::Rc;
use std::{fmt, fs};

use embedded_hal::digital::PinState;
use embedded_hal_async::i2c::I2c as _;
use embedded_io_async::{Read, Write};
use tickwire_drivers::hd44780::{Lcd, Pcf8574};
use tickwire_drivers::htu21d::{CentiCelsius, Htu21d};
use tickwire_drivers::mcp3008::{self, Mcp3008};
use tickwire_exec_std::gpio::{Input, InputSettings, Output, OutputSettings};
use tickwire_exec_std::i2c::Bus;
use tickwire_exec_std::serial::{self, ReadHalf, Serial, WriteHalf};
use tickwire_exec_std::spi::Device;
use tickwire_exec_std::{StdClock, StdSpawner, spi, unblock};
use tickwire_linux_rig::i2c_bus::{PATH, tell};
use tickwire_sync::gather;
use tickwire_traits::{Clock, Delay, Duration, Edges, Exit, Spawn, Timer};

use crate::CLOCK;
use crate::hand::Hand;
use crate::rig::Chip;

/// The line that the other process pulls.
pub(crate) const CONTACT: u32 = 4;
const OTHER_LINE: u32 = 5;
const SENSOR: u8 = 0x40;
const SPIDEV: &str = "/dev/spidev0.0";
const SPI: spi::Settings = spi::Settings::new(1_000_000);
const INPUTS: [u16; 8] = [0, 1, 2, 511, 512, 700, 1_022, 1_023];
const TASKS: u64 = 50;

const EDGE: Duration = Duration::from_millis(1);
const ROOM: Duration = Duration::from_millis(200);
const SAMPLE: Duration = Duration::from_millis(5);
const LINE: Duration = Duration::from_millis(20);
const CALL: Duration = Duration::from_millis(50);

/// All devices of the rig that a program can have at once.
pub(crate) struct Parts {
    contact: Input,
    sensor: Htu21d<Bus, Delay<StdClock>>,
    display: Lcd<Pcf8574<Bus>, Delay<StdClock>, 16, 2>,
    adc: Mcp3008<Device>,
    links: [(ReadHalf, WriteHalf); 2],
    pub(crate) counts: Counts,
}

/// What has been done, and was as expected.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) rooms: u32,
    edges: u32,
    samples: u32,
    lines: [u32; 2],
    ticks: u64,
    calls: u32,
}

impl Parts {
    pub(crate) fn open(chip: &Chip) -> Self {
        tell("temperature 2381");
        let inputs = INPUTS.map(|input| input.to_string()).join(",");
        fs::write("/sys/module/tickwire_board/parameters/inputs", inputs).unwrap();
        let bus = Bus::open(PATH).unwrap();
        let mut contact = Input::open(&chip.line(CONTACT), InputSettings::DEFAULT).unwrap();
        contact.arm().unwrap();
        let port = |path| serial::open(path, serial::Settings::new(115_200)).unwrap();
        Self {
            contact,
            sensor: Htu21d::new(bus.clone(), Delay(CLOCK)),
            display: Lcd::new(Pcf8574::new(bus), Delay(CLOCK)),
            adc: Mcp3008::new(Device::open(SPIDEV, SPI).unwrap()),
            links: ["/dev/ttyS1", "/dev/ttyS2"].map(port).map(Serial::split).map(Result::unwrap),
            counts: Counts::default(),
        }
    }

    /// Takes what other tests have sent: bytes pass from one UART to the other in order.
    pub(crate) async fn begin(&mut self) {
        let [near, far] = &mut self.links;
        gather((forget(&mut far.1, &mut near.0), forget(&mut near.1, &mut far.0))).await;
    }

    /// Works with all devices for `span`.
    pub(crate) async fn work(&mut self, hand: &mut Hand, spawner: StdSpawner, span: Duration) {
        let times = |period: Duration| (span.as_micros() / period.as_micros()) as u32;
        let Self { contact, sensor, display, adc, links, counts } = self;
        let [(near_read, near_write), (far_read, far_write)] = links;
        let Counts { rooms, edges, samples, lines: [to_near, to_far], ticks, calls } = counts;
        // An even number leaves the line low.
        hand.pull(times(EDGE * 2) * 2);
        gather((
            watch(contact, times(EDGE * 2) * 2, edges),
            climate(sensor, display, times(ROOM), rooms),
            convert(adc, times(SAMPLE), samples),
            gather((talk(near_write, times(LINE)), talk(far_write, times(LINE)))),
            gather((
                listen(near_read, times(LINE), to_near),
                listen(far_read, times(LINE), to_far),
            )),
            sleep(spawner, span, ticks),
            call(times(CALL), calls),
        ))
        .await;
    }

    /// Opens another device of each kind that may be open twice, uses it and drops it.
    pub(crate) async fn open_more_for_a_moment(chip: &Chip) {
        Output::open(&chip.line(OTHER_LINE), OutputSettings::DEFAULT).unwrap();
        let mut register = [0];
        let mut bus = Bus::open(PATH).unwrap();
        bus.write_read(SENSOR, &[0xe7], &mut register).await.unwrap();
        let mut adc = Mcp3008::new(Device::open(SPIDEV, SPI).unwrap());
        assert_eq!(adc.read(mcp3008::Input::Ch5).await.unwrap(), INPUTS[5]);
    }
}

/// Takes edges at 1 kHz. None is missing, and they alternate.
async fn watch(contact: &mut Input, times: u32, count: &mut u32) {
    let mut first = None;
    for number in 1..=times {
        let edge = contact.edge().await.unwrap();
        let level = PinState::from(number % 2 == 1);
        assert_eq!((edge.level, edge.missed), (level, 0), "edge {number}");
        let took = (edge.at - *first.get_or_insert(edge.at)).as_micros();
        // A tenth is for the process that pulls.
        assert!(took < u64::from(number) * 1_100 + 10_000, "{number} edges took {took} us");
        *count += 1;
    }
}

/// Measures, and shows how often.
async fn climate(
    sensor: &mut Htu21d<Bus, Delay<StdClock>>,
    display: &mut Lcd<Pcf8574<Bus>, Delay<StdClock>, 16, 2>,
    times: u32,
    count: &mut u32,
) {
    let mut ticker = CLOCK.ticker(ROOM);
    for _ in 0..times {
        assert_eq!(sensor.measure().await.unwrap().temperature, CentiCelsius(2_381));
        *count += 1;
        display.set_line(0, &count.to_string());
        display.flush().await.unwrap();
        ticker.tick().await;
    }
}

/// Reads one input after the other.
async fn convert(adc: &mut Mcp3008<Device>, times: u32, count: &mut u32) {
    let mut ticker = CLOCK.ticker(SAMPLE);
    for number in 0..times {
        ticker.tick().await;
        let channel = (number % 8) as u8;
        let input = mcp3008::Input::single(channel).unwrap();
        assert_eq!(adc.read(input).await.unwrap(), INPUTS[usize::from(channel)]);
        *count += 1;
    }
}

/// Reads until what is sent now arrives.
async fn forget(writer: &mut WriteHalf, reader: &mut ReadHalf) {
    const BEGIN: &[u8] = b"this is the first line\n";
    writer.write_all(BEGIN).await.unwrap();
    let mut seen = Vec::new();
    while !seen.ends_with(BEGIN) {
        let mut byte = [0];
        reader.read_exact(&mut byte).await.unwrap();
        seen.extend(byte);
    }
}

/// A line of text, which has its number.
fn text(number: u32) -> [u8; 64] {
    let mut line = [b'.'; 64];
    line[..8].copy_from_slice(format!("{number:07} ").as_bytes());
    line[63] = b'\n';
    line
}

/// Sends lines.
async fn talk(writer: &mut WriteHalf, times: u32) {
    let mut ticker = CLOCK.ticker(LINE);
    for number in 0..times {
        ticker.tick().await;
        writer.write_all(&text(number)).await.unwrap();
        if number % 10 == 0 {
            writer.flush().await.unwrap();
        }
    }
}

/// Takes the lines that the other end sends.
async fn listen(reader: &mut ReadHalf, times: u32, count: &mut u32) {
    for number in 0..times {
        let mut line = [0; 64];
        reader.read_exact(&mut line).await.unwrap();
        assert_eq!(line, text(number), "line {number}");
        *count += 1;
    }
}

/// Has tasks wake up, each at another rate. A task that is late has its missed ticks
/// counted.
async fn sleep(spawner: StdSpawner, span: Duration, count: &mut u64) {
    let end = CLOCK.now() + span;
    let ticks = Rc::new(Cell::new(0));
    let spawn = |number| {
        let ticks = ticks.clone();
        let task = async move {
            let mut ticker = CLOCK.ticker(Duration::from_micros(20_000 + 777 * number));
            while CLOCK.now() < end {
                let tick = ticker.tick().await;
                assert!(CLOCK.now() >= tick.at);
                ticks.set(ticks.get() + 1 + tick.missed);
            }
        };
        spawner.spawn(task).unwrap()
    };
    for task in (0..TASKS).map(spawn).collect::<Vec<_>>() {
        assert_eq!(task.await, Exit::Completed);
    }
    *count += ticks.get();
}

/// Makes calls that block.
async fn call(times: u32, count: &mut u32) {
    let mut ticker = CLOCK.ticker(CALL);
    for number in 0..times {
        ticker.tick().await;
        assert_eq!(unblock(move || number).await.unwrap(), number);
        *count += 1;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rooms, edges, samples, lines: [to_near, to_far], ticks, calls } = self;
        write!(f, "{edges} edges, {rooms} measurements shown, {samples} conversions, ")?;
        write!(f, "{to_near} and {to_far} lines, {ticks} ticks, {calls} calls")
    }
}
