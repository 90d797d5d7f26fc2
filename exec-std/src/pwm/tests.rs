use std::mem::MaybeUninit;
use std::{env, fs, process};

use futures_lite::future::block_on;
use rustix::fs::inotify;

use super::*;

const PERIOD: time::Duration = time::Duration::from_millis(20);

/// A chip of one channel that is exported, as plain files.
struct Chip(PathBuf);

impl Chip {
    fn new(test: &str) -> Self {
        let class = env::temp_dir().join(format!("tickwire-pwm-{}-{test}", process::id()));
        let chip = Self(class);
        fs::create_dir_all(chip.path().join("pwm0")).unwrap();
        fs::write(chip.path().join("npwm"), "1\n").unwrap();
        for (name, value) in
            [("period", "0"), ("duty_cycle", "0"), ("enable", "0"), ("polarity", "normal")]
        {
            fs::write(chip.path().join("pwm0").join(name), format!("{value}\n")).unwrap();
        }
        chip
    }

    fn path(&self) -> PathBuf {
        self.0.join("pwmchip0")
    }

    fn open(&self, channel: u32, polarity: Polarity) -> Result<Pwm, Error> {
        block_on(Pwm::open(&Channel::at(self.path(), channel), PERIOD, polarity))
    }

    fn state(&self) -> [String; 4] {
        ["period", "duty_cycle", "polarity", "enable"]
            .map(|name| sysfs::read(self.path().join("pwm0").join(name)).unwrap())
    }
}

impl Drop for Chip {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_servo_is_turned_and_released() {
    let chip = Chip::new("servo");
    let mut servo = chip.open(0, Polarity::Normal).unwrap();
    assert_eq!(chip.state(), ["20000000", "0", "normal", "1"]);
    for (duty, nanos) in [(4_915, "1499961"), (u16::MAX, "20000000"), (1, "305"), (0, "0")] {
        servo.set_duty_cycle(duty).unwrap();
        assert_eq!(chip.state()[1], nanos);
    }
    servo.set_duty_cycle_fully_on().unwrap();
    servo.set_period(PERIOD / 2).unwrap();
    assert_eq!(chip.state(), ["10000000", "10000000", "normal", "1"]);
    assert!(matches!(chip.open(0, Polarity::Normal), Err(Error::Busy(_))));
    assert_eq!(chip.state(), ["10000000", "10000000", "normal", "1"]);
    drop(servo);
    assert_eq!(chip.state(), ["10000000", "0", "normal", "0"]);
    let _inversed = chip.open(0, Polarity::Inversed).unwrap();
    assert_eq!(chip.state(), ["20000000", "0", "inversed", "1"]);
}

#[test]
fn a_duty_cycle_is_the_same_part_of_any_period() {
    let chip = Chip::new("tones");
    let mut tone = chip.open(0, Polarity::Normal).unwrap();
    tone.set_duty_cycle(4_915).unwrap();
    for nanos in 1..1_000 {
        tone.set_period(time::Duration::from_nanos(nanos)).unwrap();
    }
    tone.set_period(PERIOD).unwrap();
    assert_eq!(chip.state(), ["20000000", "1499961", "normal", "1"]);
}

#[test]
fn a_channel_that_another_pwm_has_meanwhile_stays_exported() {
    let chip = Chip::new("meanwhile");
    let unexport = chip.path().join("unexport");
    fs::write(&unexport, "").unwrap();
    let export = || Some(Export { unexport: unexport.clone(), channel: 0 });
    let folder = chip.path().join("pwm0");
    let open = || Attribute::open_to_write(folder.join("duty_cycle")).unwrap();
    let unexported = || fs::read_to_string(&unexport).unwrap();
    let lock = open();
    let holder = claim(&folder, &lock, export()).unwrap();
    assert!(matches!(claim(&folder, &open(), export()), Err(Error::Busy(_))));
    assert_eq!(unexported(), "");
    drop(holder);
    assert_eq!(unexported(), "0\n");
}

/// Otherwise another `Pwm` could open it between, and lose it.
#[test]
fn a_channel_is_unexported_before_it_is_unlocked() {
    let chip = Chip::new("order");
    let mut servo = chip.open(0, Polarity::Normal).unwrap();
    let unexport = chip.path().join("unexport");
    fs::write(&unexport, "").unwrap();
    let watch = inotify::init(inotify::CreateFlags::NONBLOCK).unwrap();
    for file in [&unexport, &chip.path().join("pwm0/duty_cycle")] {
        inotify::add_watch(&watch, file, inotify::WatchFlags::CLOSE_WRITE).unwrap();
    }
    servo._export = Some(Export { unexport, channel: 0 });
    drop(servo);
    let mut buffer = [MaybeUninit::uninit(); 512];
    let mut events = inotify::Reader::new(&watch, &mut buffer);
    // Watches count from 1 in the order in which they were added.
    let order = [events.next().unwrap().wd(), events.next().unwrap().wd()];
    assert_eq!(order, [1, 2]);
}

#[test]
fn what_is_not_there_is_refused_in_one_line() {
    let chip = Chip::new("missing");
    let error = chip.open(1, Polarity::Normal).unwrap_err().to_string();
    assert_eq!(error, format!("{} has no channel `1`", chip.path().display()));
    let channel = Channel::at(chip.0.join("pwmchip1"), 0);
    let error = block_on(Pwm::open(&channel, PERIOD, Polarity::Normal)).unwrap_err();
    let folder = chip.0.display();
    let expected = format!("there is no device `pwmchip1` in {folder}; did you mean `pwmchip0`?");
    assert_eq!(error.to_string(), expected);
}
