//! A driver, and the futures of its methods, are `Send` if its pins and its clock are. They
//! may then run on an executor with many threads. These tests pass if they
//! compile.
//!
//! Add a test here for each new driver, with a line per `async fn`.
#![forbid(unsafe_code)]

#[path = "send/here.rs"]
mod here;

use embedded_hal_async::delay::DelayNs;
use tickwire_drivers::analog_watch::{AnalogWatch, Band, Settings};
use tickwire_drivers::button::{Button, Buttons};
use tickwire_drivers::contact::ContactSource;
use tickwire_drivers::encoder::{Encoder, InOrder};
#[cfg(feature = "gps")]
use tickwire_drivers::gps::mtk::{Baud, Command, SpeedChange};
#[cfg(feature = "gps")]
use tickwire_drivers::gps::{Commands, Extended, Gps, Hub, Satellites, pps::Pps};
use tickwire_drivers::hd44780::{FourBit, Lcd, Page, Pcf8574};
use tickwire_drivers::htu21d::{self, HeaterCurrent, Htu21d, Resolution, Si7021};
use tickwire_drivers::keypad::{Keypad, Polled};
use tickwire_drivers::ladder::{self, Ladder, Share};
use tickwire_drivers::led::{Led, Program};
use tickwire_drivers::mcp3008::{Input, Mcp3008};
use tickwire_drivers::nec::{Frame, Nec, PinCarrier, Transmitter};
use tickwire_drivers::stream::{
    Exactly, FrameWriter, Frames, HalfDuplex, Lines, Quiet, Records, SharedWriter,
};
use tickwire_drivers::switch::Switch;
use tickwire_drivers::touch::{self, Touch};
use tickwire_sync::CriticalSectionRawMutex;
use tickwire_sync::shared::RingQueue;
use tickwire_traits::{
    AnalogInput, Delay, Duration, Edges, Instant, Interest, PollEvery, PolledEdges, ReadinessExt,
    Timer,
};

use here::Here;

#[test]
fn what_sleeps_is_send() {
    send(&Here.sleep(Duration::ZERO));
    send(&Here.timeout(Duration::ZERO, async {}));
    let mut ticker = Here.ticker(Duration::ZERO);
    send(&ticker.tick());
    send(&Delay(Here).delay_ns(1));
    send(&PollEvery::new(Here, Duration::ZERO).ready(Interest::Read));
}

#[test]
fn polled_edges_are_send() {
    let mut edges = PolledEdges::new(Here, Here);
    send(&edges);
    send(&edges.edge());
}

#[test]
fn a_switch_is_send() {
    let mut switch = Switch::new(Here, Here);
    send(&switch);
    send(&switch.change());
    send(&switch.changes());
}

#[test]
fn a_button_is_send() {
    let mut button = Button::new(Here, Here);
    send(&button);
    send(&button.gesture());
    send(&button.gestures());
}

#[test]
fn several_buttons_are_send() {
    let mut buttons = Buttons::<_, 2>::of(Switch::new(Here, Here));
    send(&buttons);
    send(&buttons.gesture());
    send(&buttons.gestures());
}

#[test]
fn an_encoder_is_send() {
    let mut lines = InOrder::new(Here, Here);
    send(&lines.edge());
    let mut encoder = Encoder::new(lines, Here);
    send(&encoder);
    send(&encoder.turn());
    send(&encoder.turns());
}

#[test]
fn a_keypad_is_send() {
    let mut keypad = Keypad::new([Here, Here], [Here, Here], Here);
    send(&keypad);
    send(&keypad.change());
    send(&keypad.report());
    send(&keypad.changes());
    let mut keys = Buttons::<_, 2>::of(Keypad::new([Here], [Polled(Here)], Here));
    send(&keys.gesture());
}

#[test]
fn an_htu21d_is_send() {
    let mut sensor = Htu21d::new(Here, Delay(Here));
    send(&sensor);
    send(&sensor.temperature());
    send(&sensor.humidity());
    send(&sensor.measure());
    send(&sensor.user_register());
    send(&sensor.resolution());
    send(&sensor.set_resolution(Resolution::Rh12T14));
    send(&sensor.heater());
    send(&sensor.set_heater(false));
    send(&sensor.battery_low());
    send(&sensor.soft_reset());
    send(&sensor.apply(htu21d::Settings::new()));
    send(&sensor.serial_number());
    let mut sensor = Si7021::new(Here, Delay(Here));
    send(&sensor.heater_current());
    send(&sensor.set_heater_current(HeaterCurrent::LEAST));
    send(&sensor.firmware_revision());
    static CLIMATE: htu21d::Samples<CriticalSectionRawMutex> = htu21d::Samples::new();
    let mut sampler = htu21d::Sampler::new(sensor, Here, &CLIMATE);
    send(&sampler);
    send(&sampler.sample());
    send(&sampler.run());
    send(&CLIMATE.next());
    send(&CLIMATE.since(Instant::EPOCH));
    send(&CLIMATE.health_change());
    send(&CLIMATE.stream());
}

#[test]
fn a_ladder_is_send() {
    let settings = ladder::Settings::new([Share::percent(0)]).with_tolerance(Share::percent(0));
    let mut ladder = Ladder::new(Here, Here, settings).unwrap();
    send(&ladder);
    send(&ladder.change_until(Instant::MAX));
    let mut keys = Buttons::<_, 2>::of(ladder);
    send(&keys.gesture());
}

#[test]
fn a_touch_pad_is_send() {
    let mut touch = Touch::new(Here, Here, touch::Settings::default()).unwrap();
    send(&touch);
    send(&touch.change_until(Instant::MAX));
    let mut button = Button::of(touch);
    send(&button.gesture());
}

#[test]
fn a_light_is_send() {
    // Static, as all that a spawned task refers to.
    static ORDERS: RingQueue<Program, 1> = RingQueue::new();
    let mut led = Led::new(Here, Here);
    send(&led);
    send(&led.play(Program::ON));
    send(&led.run(async || ORDERS.pop().await));
    let mut led = Led::dimmed(Here, Here);
    send(&led);
    send(&led.play(Program::ON));
}

#[test]
fn an_mcp3008_is_send() {
    let mut adc = Mcp3008::new(Here);
    send(&adc);
    send(&adc.read(Input::Ch0));
    let mut channel = adc.into_channel(Input::Ch0);
    send(&channel);
    send(&channel.read());
}

#[test]
fn an_analog_watch_is_send() {
    let settings = Settings::new(Band::between(1, 2));
    let mut watch = AnalogWatch::new(Here, Here, settings).unwrap();
    send(&watch);
    send(&watch.sample());
    send(&watch.leave());
    send(&watch.enter());
    send(&watch.change());
    send(&watch.changes());
}

#[test]
fn a_nec_receiver_is_send() {
    let mut nec = Nec::new(Here, Here);
    send(&nec);
    send(&nec.signal());
    send(&nec.signals());
}

#[test]
fn a_nec_transmitter_is_send() {
    let mut transmitter = Transmitter::new(PinCarrier::active_high(Here), Here);
    send(&transmitter);
    let frame = Frame::new(0x40, 0x12);
    send(&transmitter.frame(frame));
    send(&transmitter.repeat());
    send(&transmitter.hold(frame, async {}));
}

#[cfg(feature = "gps")]
#[test]
fn a_gps_is_send() {
    let mut gps = Gps::new(Here, Here);
    send(&gps);
    send(&gps.update());
    send(&gps.updates());
    send(&gps.decoder());
    send(&Gps::new(Here, Here).with_decoder(Satellites::<1>::new()).update());
    let mut gps_of_more = Gps::new(Here, Here).with_decoder(Extended::new());
    send(&gps_of_more);
    send(&gps_of_more.next());
    let mut pps = Pps::new(Here);
    send(&pps);
    send(&pps.pulse());
    send(&pps.event(&mut gps));
}

#[cfg(feature = "gps")]
#[test]
fn a_gps_hub_is_send() {
    let hub = Hub::<CriticalSectionRawMutex, _, _>::new(Gps::new(Here, Here), Here);
    send(&&hub);
    send(&hub.run());
    send(&hub.run_with(|_, _| {}));
    send(&hub.next());
    send(&hub.position(Instant::EPOCH));
    send(&hub.date(Instant::EPOCH));
    send(&hub.altitude_mm(Instant::EPOCH));
    send(&hub.course(Instant::EPOCH));
    send(&hub.lost(Duration::from_secs(1)));
    let hub = hub.with_commands(Commands::mtk(Here));
    send(&&hub);
    send(&hub.run());
    send(&hub.send(Command::Test));
    send(&hub.post(Command::Test));
    let mut change = SpeedChange::new(Baud::B9600, Baud::B115200);
    send(&hub.change_speed(&mut change));
}

#[test]
fn streams_are_send() {
    let mut lines = Lines::<_, 1>::new(Here);
    send(&lines);
    send(&lines.line());
    send(&lines.lines());
    let mut records = Records::<_, 1>::new(Here, 0);
    send(&records.record());
    send(&records.records());
    let mut exactly = Exactly::<_, 1>::new(Here);
    send(&exactly.bytes(1));
    send(&exactly.chunks(1));
    let mut quiet = Quiet::<_, _, 1>::new(Here, Here, Duration::ZERO);
    send(&quiet.block());
    send(&quiet.blocks());
    let mut frames = Frames::<_, 1>::new(Here);
    send(&frames.frame());
    send(&frames.frames());
    send(&FrameWriter::new(Here).send(&[]));
    let mut asker = HalfDuplex::<_, _, 1>::new(Here, Here);
    send(&asker);
    send(&asker.ask(&[]));
    send(&asker.listen());
    let writer = SharedWriter::<CriticalSectionRawMutex, _, 1>::new(Here);
    send(&writer);
    send(&writer.send(&[]));
    send(&writer.flush());
}

#[test]
fn an_lcd_is_send() {
    let lines = FourBit::new(Here, Here, Here, Here, Here, Here);
    let mut lcd = Lcd::<_, _, 16, 2>::new(lines, Delay(Here));
    send(&lcd);
    send(&lcd.init());
    send(&lcd.flush());
    send(&lcd.redraw());
    send(&lcd.clear());
    let mut lcd = Lcd::<_, _, 16, 2>::new(Pcf8574::new(Here), Delay(Here));
    send(&lcd.flush());
    static PAGE: Page<CriticalSectionRawMutex, 16, 2> = Page::new();
    send(&PAGE.edit());
    // A task that changes a page may move to another thread meanwhile.
    send(&PAGE.try_edit());
    send(&lcd.show(&PAGE));
    send(&lcd.follow(&PAGE));
}

fn send<T: Send>(_: &T) {}
