//! A sensor on a bus, and every method of its driver as a value.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;

use tickwire_drivers::htu21d::{Error, Htu21d, Resolution, Settings};
use tickwire_sim::i2c::{Bus, Faults, I2cFault};
use tickwire_sim::{Pace, Sim, SimClock, models::htu21d};
use tickwire_traits::{Clock, Delay, Duration};

pub(crate) type Sensor = Htu21d<Bus<SimClock>, Delay<SimClock>>;
pub(crate) type Answer = Result<String, Error<I2cFault>>;
type Called<'a> = Pin<Box<dyn Future<Output = Answer> + 'a>>;

/// A method: its name and its call, which returns the value as text.
pub(crate) type Method = (&'static str, for<'a> fn(&'a mut Sensor) -> Called<'a>);

/// Every public `async fn`.
pub(crate) const METHODS: &[Method] = &[
    ("temperature", |sensor| Box::pin(async { sensor.temperature().await.map(text) })),
    ("humidity", |sensor| Box::pin(async { sensor.humidity().await.map(text) })),
    ("measure", |sensor| Box::pin(async { sensor.measure().await.map(text) })),
    ("user_register", |sensor| Box::pin(async { sensor.user_register().await.map(text) })),
    ("resolution", |sensor| Box::pin(async { sensor.resolution().await.map(text) })),
    ("set_resolution", |sensor| {
        Box::pin(async { sensor.set_resolution(Resolution::Rh11T11).await.map(text) })
    }),
    ("heater", |sensor| Box::pin(async { sensor.heater().await.map(text) })),
    ("set_heater", |sensor| Box::pin(async { sensor.set_heater(true).await.map(text) })),
    ("battery_low", |sensor| Box::pin(async { sensor.battery_low().await.map(text) })),
    ("serial_number", |sensor| Box::pin(async { sensor.serial_number().await.map(text) })),
    ("apply", |sensor| {
        let settings = Settings::new().with_resolution(Resolution::Rh10T13).with_heater(true);
        Box::pin(async move { sensor.apply(settings).await.map(text) })
    }),
    ("soft_reset", |sensor| Box::pin(async { sensor.soft_reset().await.map(text) })),
];

fn text(value: impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

/// A sensor in a room of 23.81 °C and 50.72 %.
pub(crate) struct Rig {
    pub(crate) sim: Sim,
    pub(crate) clock: SimClock,
    pub(crate) model: Rc<RefCell<htu21d::Htu21d>>,
    pub(crate) faults: Faults,
    pub(crate) sensor: Sensor,
}

impl Rig {
    /// Creates a rig with a bus whose transfers take no time.
    pub(crate) fn new() -> Self {
        Self::on(Sim::new(), |bus| bus)
    }

    /// Creates a rig with a bus of 100 kHz.
    pub(crate) fn timed() -> Self {
        Self::at(Pace::Punctual)
    }

    /// Creates a rig with a bus of 100 kHz and an executor that may be late.
    pub(crate) fn at(pace: Pace) -> Self {
        Self::on(pace.sim(), |bus| bus.with_speed(100_000))
    }

    fn on(sim: Sim, bus: impl FnOnce(Bus<SimClock>) -> Bus<SimClock>) -> Self {
        let (mut bus, clock, model) = {
            let clock = sim.clock();
            let model = Rc::new(RefCell::new(htu21d::Htu21d::new()));
            model.borrow_mut().set_temperature(2_381);
            model.borrow_mut().set_humidity(5_072);
            (bus(Bus::new(clock.clone())), clock, model)
        };
        bus.attach(tickwire_drivers::htu21d::ADDRESS, model.clone());
        let faults = bus.faults();
        let sensor = Htu21d::new(bus, Delay(clock.clone()));
        Self { sim, clock, model, faults, sensor }
    }

    /// Calls a method, which must end within `limit`.
    #[track_caller]
    pub(crate) fn call(&mut self, (name, method): Method, limit: Duration) -> Answer {
        let began = self.clock.now();
        let answer = self.sim.run(method(&mut self.sensor));
        let took = self.clock.now() - began;
        assert!(took <= limit, "{name} took {took:?}");
        answer
    }
}

/// The result of a method, and of the user register after it, without any
/// fault.
pub(crate) struct Clean {
    pub(crate) answer: String,
    pub(crate) register: u8,
    /// The number of bytes on the bus.
    pub(crate) bytes: u64,
}

impl Clean {
    #[track_caller]
    pub(crate) fn of(method: Method, mut rig: Rig) -> Self {
        let answer = rig.call(method, Duration::from_millis(200)).unwrap();
        let register = rig.model.borrow().register();
        assert_eq!(rig.model.borrow().counts().violations, 0);
        Self { answer, register, bytes: rig.faults.bytes() }
    }

    /// Checks a correct result, and the register.
    #[track_caller]
    pub(crate) fn check(&self, answer: &str, rig: &Rig, context: &str) {
        assert_eq!(answer, self.answer, "{context}");
        assert_eq!(rig.model.borrow().register(), self.register, "{context}: register");
    }
}
