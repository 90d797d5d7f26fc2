//! SPI devices: a blocking one that the test makes, and one of a real kernel.
// The rig's code needs `gpio`.
#![cfg(all(target_os = "linux", feature = "spi", feature = "gpio"))]

#[allow(dead_code, reason = "the tests of GPIO use more of it")]
mod rig;
mod system_calls;

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{env, fs, thread};

use embedded_hal::spi::{Error as _, ErrorKind, ErrorType, SpiDevice as Blocking};
use embedded_hal_async::spi::{Operation, SpiDevice};
use rig::in_rig;
use tickwire_exec_std::run;
use tickwire_exec_std::spi::{Device, Error, MODE_1, MODE_3, Settings};
use tickwire_traits::Duration;

const SETTINGS: Settings = Settings::new(1_000_000);
const SHORT: Duration = Duration::from_millis(20);

/// A device that returns what it is sent, after it has been told how to go on.
struct Loopback(Receiver<Result<(), ErrorKind>>);

impl ErrorType for Loopback {
    type Error = ErrorKind;
}

impl Blocking for Loopback {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), ErrorKind> {
        self.0.recv().expect("as the test wants it")?;
        for operation in operations {
            match operation {
                Operation::Read(into) => into.fill(0),
                Operation::Transfer(into, from) => {
                    into.iter_mut().zip(*from).for_each(|(into, from)| *into = *from);
                }
                Operation::Write(_) | Operation::TransferInPlace(_) | Operation::DelayNs(_) => {}
            }
        }
        Ok(())
    }
}

fn loopback() -> (Sender<Result<(), ErrorKind>>, Device) {
    let (told, next) = channel();
    (told, Device::from_blocking(Loopback(next)).unwrap())
}

async fn dialogue(device: &mut Device) {
    let (mut read, mut transferred, mut same) = ([9; 1], [9; 3], [5, 6]);
    let operations = &mut [
        Operation::Write(&[1, 2]),
        Operation::Read(&mut read),
        Operation::DelayNs(1),
        Operation::Transfer(&mut transferred, &[3, 4]),
        Operation::TransferInPlace(&mut same),
    ];
    device.transaction(operations).await.unwrap();
    assert_eq!((read, transferred, same), ([0], [3, 4, 0], [5, 6]));
}

#[test]
fn a_transaction_works_under_run_tokio_and_smol() {
    let (told, mut device) = loopback();
    (0..3).for_each(|_| told.send(Ok(())).unwrap());
    run(async |_| dialogue(&mut device).await);
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    tokio.block_on(dialogue(&mut device));
    async_io::block_on(dialogue(&mut device));
}

#[test]
fn errors_are_those_of_the_device_and_the_next_transaction_works() {
    let (told, mut device) = loopback();
    run(async |_| {
        for kind in [ErrorKind::ModeFault, ErrorKind::Overrun] {
            told.send(Err(kind)).unwrap();
            told.send(Ok(())).unwrap();
            let mut untouched = [9];
            let error = device.read(&mut untouched).await.unwrap_err();
            assert_eq!((error.kind(), untouched), (kind, [9]));
            dialogue(&mut device).await;
        }
        device.transaction(&mut []).await.unwrap();
    });
}

#[test]
fn a_device_that_hangs_or_panics_is_an_error_from_then_on() {
    let (told, device) = loopback();
    let mut hanging = device.with_limit(SHORT);
    run(async |_| {
        assert!(matches!(hanging.write(&[1]).await, Err(Error::Hung(SHORT))));
        assert!(matches!(hanging.write(&[1]).await, Err(Error::Ended)));
    });
    drop(told);
    let (told, mut panicking) = loopback();
    drop(told);
    run(async |_| {
        assert!(matches!(panicking.write(&[1]).await, Err(Error::Panicked)));
        assert!(matches!(panicking.write(&[1]).await, Err(Error::Ended)));
    });
}

#[test]
fn a_device_and_its_futures_may_move_to_other_threads() {
    fn is_send<T: Send>(it: T) -> T {
        it
    }
    let (told, device) = loopback();
    told.send(Ok(())).unwrap();
    let mut device = is_send(device);
    let dialogue = is_send(async move { dialogue(&mut device).await });
    thread::spawn(|| run(async |_| dialogue.await)).join().unwrap();
}

#[test]
fn a_file_that_is_no_device_is_refused_in_one_line() {
    let file = env!("CARGO_MANIFEST_PATH");
    for path in ["/dev/spidev9.9", "/dev/null", "/dev", file, "", "/dev/null/spidev0.0"] {
        let error = Device::open(path, SETTINGS).unwrap_err();
        assert!(matches!(&error, Error::NoDevice(told) if told == Path::new(path)), "{error}");
        assert!(!error.to_string().contains('\n'));
    }
    let settings = Settings { bits: 12, ..SETTINGS };
    let told = Device::open("/dev/spidev0.0", settings).unwrap_err().to_string();
    assert_eq!(told, "/dev/spidev0.0 does not support 12 bits per word");
}

/// An MCP3008 in the rig.
const PATH: &str = "/dev/spidev0.0";

/// Held by each test of the real device.
static ALONE: Mutex<()> = Mutex::new(());

/// Opens the device, whose first input has the level 613.
fn converter() -> (MutexGuard<'static, ()>, Device) {
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    set("inputs", "613,0,0,0,0,0,0,0");
    (alone, Device::open(PATH, SETTINGS).unwrap())
}

/// Sets a parameter of the module that simulates the device.
fn set(parameter: &str, value: &str) {
    fs::write(format!("/sys/module/tickwire_board/parameters/{parameter}"), value).unwrap();
}

async fn convert(device: &mut Device) -> Result<u16, Error> {
    let mut bytes = [0x01, 0x80, 0x00];
    device.transfer_in_place(&mut bytes).await?;
    Ok(u16::from_be_bytes([bytes[1] & 0x03, bytes[2]]))
}

#[test]
fn a_converter_is_read_under_run_tokio_and_smol() {
    in_rig(|| {
        let (_alone, mut device) = converter();
        assert_eq!(run(async |_| convert(&mut device).await).unwrap(), 613);
        let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_eq!(tokio.block_on(convert(&mut device)).unwrap(), 613);
        assert_eq!(async_io::block_on(convert(&mut device)).unwrap(), 613);
    });
}

#[test]
fn operations_of_a_transaction_are_one_selection() {
    in_rig(|| {
        let (_alone, mut device) = converter();
        let (mut high, mut low, mut none) = ([0; 1], [0; 1], [0; 0]);
        let operations = &mut [
            Operation::Write(&[0x01]),
            Operation::DelayNs(1),
            Operation::Read(&mut none),
            Operation::Transfer(&mut high, &[0x80]),
            Operation::DelayNs(70_000_000),
            Operation::Read(&mut low),
        ];
        run(async |_| device.transaction(operations).await).unwrap();
        assert_eq!(u16::from_be_bytes([high[0] & 0x03, low[0]]), 613);
    });
}

#[test]
fn a_transaction_takes_two_system_calls_of_its_task_at_most() {
    in_rig(|| {
        let (_alone, mut device) = converter();
        let calls = system_calls::each(|times| {
            run(async |_| {
                for _ in 0..times {
                    assert_eq!(convert(&mut device).await.unwrap(), 613);
                }
            });
        });
        // To wait, unless the thread is faster than its task, and to wake the thread,
        // unless it has not slept since the last transaction.
        let is_due = |(name, each): &(String, u64)| {
            *each == 1 && ["sys_epoll_pwait", "sys_futex"].contains(&name.as_str())
        };
        assert!(calls.iter().all(is_due), "{calls:?}");
    });
}

#[test]
fn settings_are_those_of_the_device() {
    in_rig(|| {
        let (_alone, _) = converter();
        let read = |settings| {
            let mut device = Device::open(PATH, settings).unwrap();
            run(async |_| convert(&mut device).await).unwrap()
        };
        assert_eq!(read(Settings { mode: MODE_3, ..SETTINGS }), 613);
        // The device understands neither.
        assert_eq!(read(Settings { mode: MODE_1, ..SETTINGS }), 0x3ff);
        assert_eq!(read(Settings::new(4_000_000)), 0x3ff);
        let told = |settings| Device::open(PATH, settings).unwrap_err().to_string();
        let seven = told(Settings { bits: 7, ..SETTINGS });
        assert_eq!(seven, "/dev/spidev0.0 does not support 7 bits per word");
        assert_eq!(told(Settings::new(0)), "/dev/spidev0.0 does not support 0 Hz");
    });
}

#[test]
fn errors_of_the_kernel_are_those_of_the_transaction() {
    in_rig(|| {
        let (_alone, mut device) = converter();
        run(async |_| {
            set("spi_error", "5");
            let error = convert(&mut device).await.unwrap_err();
            set("spi_error", "0");
            assert!(matches!(&error, Error::Transfer(it) if it.raw_os_error() == Some(5)));
            assert!(matches!(device.write(&[0; 5_000]).await, Err(Error::TooLong)));
            device.write(&[0; 4_096]).await.unwrap();
            assert_eq!(convert(&mut device).await.unwrap(), 613);
        });
    });
}

#[test]
fn a_device_that_hangs_twice_is_an_error_until_it_is_opened_again() {
    in_rig(|| {
        let (_alone, device) = converter();
        let mut device = device.with_limit(Duration::from_millis(200));
        run(async |_| {
            set("spi_hangs", "1");
            assert!(matches!(convert(&mut device).await, Err(Error::Hung(_))));
            assert!(matches!(convert(&mut device).await, Err(Error::Hung(_))));
            assert!(matches!(convert(&mut device).await, Err(Error::Ended)));
            set("spi_hangs", "0");
            assert!(matches!(convert(&mut device).await, Err(Error::Ended)));
            let mut device = Device::open(PATH, SETTINGS).unwrap();
            assert_eq!(convert(&mut device).await.unwrap(), 613);
        });
    });
}

#[test]
fn a_device_that_hangs_once_goes_on() {
    in_rig(|| {
        let (_alone, device) = converter();
        let mut device = device.with_limit(Duration::from_millis(200));
        run(async |_| {
            set("spi_hangs", "1");
            assert!(matches!(convert(&mut device).await, Err(Error::Hung(_))));
            set("spi_hangs", "0");
            assert_eq!(convert(&mut device).await.unwrap(), 613);
        });
    });
}

#[test]
fn a_user_without_permission_is_told_the_group_to_join() {
    const CHILD: &str = "TICKWIRE_TEST_WITHOUT_PERMISSION";
    const ME: &str = "a_user_without_permission_is_told_the_group_to_join";
    const NOBODY: u32 = 65_534;
    if env::var_os(CHILD).is_some() {
        let told = Device::open(PATH, SETTINGS).unwrap_err().to_string();
        let expected =
            "no permission to open /dev/spidev0.0: join the group `gpio` and log in again";
        return assert_eq!(told, expected);
    }
    in_rig(|| {
        let _alone = converter();
        std::os::unix::fs::chown(PATH, None, Some(997)).unwrap();
        fs::set_permissions(PATH, std::os::unix::fs::PermissionsExt::from_mode(0o660)).unwrap();
        let mut child = Command::new(env::current_exe().unwrap());
        child.args(["--exact", ME, "--nocapture"]).env(CHILD, "1").uid(NOBODY).gid(NOBODY);
        assert!(child.status().unwrap().success());
    });
}
