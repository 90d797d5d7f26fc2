//! Every fault of the bus at every byte, and of the chip select.

use embedded_hal_async::spi::{Error as _, ErrorKind};
use futures_util::future::join;
use tickwire_drivers::mcp3008::{Error, Input};
use tickwire_sim::models::mcp3008::DataLine::{Connected, High, Low};
use tickwire_sim::models::mcp3008::Mcp3008;
use tickwire_sim::spi::{Fault, SpiFault};
use tickwire_sync::SharedSpiError;
use tickwire_traits::{Duration, Timer};

use crate::rig::{Rig, expected};

#[test]
fn a_fault_at_any_byte_is_an_error_or_one_wrong_result_and_the_next_call_works() {
    check::<10>();
    check::<12>();
}

#[track_caller]
fn check<const BITS: u32>() {
    let garbled = (0..=u8::MAX).map(Fault::Garble);
    let errors = [ErrorKind::Overrun, ErrorKind::ModeFault, ErrorKind::Other].map(Fault::Error);
    let faults: Vec<_> = garbled.chain(errors).chain([Fault::Hang]).collect();
    for rig in [Rig::new, Rig::timed] {
        for input in [Input::Ch5MinusCh4, Input::Ch2, Input::Ch7] {
            for (byte, fault) in (0..3).flat_map(|byte| faults.iter().map(move |f| (byte, *f))) {
                let context = format!("{input:?}, {fault:?} at byte {byte}");
                let rig = rig();
                let mut adc = rig.adc::<BITS>();
                rig.faults.inject(byte, fault);
                let limit = Duration::from_millis(10);
                let answer = rig.sim.run(rig.clock.timeout(limit, adc.read(input)));
                match (fault, answer) {
                    (Fault::Hang, answer) => assert!(answer.is_err(), "{context}"),
                    (Fault::Error(kind), Ok(answer)) => {
                        let expected = Error::Spi(SharedSpiError::Bus(SpiFault(kind)));
                        assert_eq!(answer, Err(expected), "{context}");
                        assert_eq!(expected.kind(), kind);
                    }
                    // Nothing protects a bit on the wire.
                    (_, Ok(Ok(value))) => assert!(value < 1 << BITS, "{context}: {value}"),
                    (_, Ok(answer)) => assert_eq!(answer, Err(Error::NoAnswer), "{context}"),
                    (_, Err(late)) => panic!("{context}: {late}"),
                }
                assert_eq!(rig.sim.run(adc.read(input)), Ok(expected(input)), "{context}");
            }
        }
    }
}

#[test]
fn a_null_bit_that_is_garbled_is_an_error() {
    for (byte, bit) in [(1, 2), (1, 4)] {
        let rig = Rig::new();
        rig.faults.inject(byte, Fault::Garble(1 << bit));
        let read = match bit {
            2 => rig.sim.run(rig.adc::<10>().read(Input::Ch0)),
            _ => rig.sim.run(rig.adc::<12>().read(Input::Ch0)),
        };
        assert_eq!(read, Err(Error::NoAnswer));
    }
}

#[test]
fn a_chip_that_fails_within_a_conversion_is_an_error_or_one_wrong_result() {
    type Change = fn(&mut Mcp3008);
    let faults: [(Change, Change); 4] = [
        (|chip| chip.unplug(), |chip| chip.plug()),
        (|chip| chip.plug(), |_| ()), // Its power is lost and comes back.
        (|chip| chip.set_data_line(Low), |chip| chip.set_data_line(Connected)),
        (|chip| chip.set_data_line(High), |chip| chip.set_data_line(Connected)),
    ];
    let mut errors = 0;
    for (fault, repair) in faults {
        for micros in 0..=24 {
            let rig = Rig::timed();
            let (mut adc, chip) = (rig.adc::<10>(), &rig.chips[0]);
            let (read, ()) = rig.sim.run(join(adc.read(Input::Ch6), async {
                rig.clock.sleep(Duration::from_micros(micros)).await;
                fault(&mut chip.borrow_mut());
            }));
            match read {
                Ok(value) => assert!(value < 1 << 10),
                Err(error) => assert_eq!(error, Error::NoAnswer),
            }
            errors += u32::from(read.is_err());
            repair(&mut chip.borrow_mut());
            let read = rig.sim.run(adc.read(Input::Ch6));
            assert_eq!(read, Ok(expected(Input::Ch6)), "{micros} µs");
        }
    }
    // Without power, or with a line that is high, until the null bit.
    assert!(errors >= 3 * 8, "{errors}");
}

#[test]
fn a_chip_select_that_fails_is_an_error() {
    // It does not go low, or not high again.
    for at in 0..2 {
        let rig = Rig::timed();
        let mut adc = rig.adc::<10>();
        rig.selects[0].fail_after(at);
        let error = rig.sim.run(adc.read(Input::Ch0)).unwrap_err();
        assert!(matches!(error, Error::Spi(SharedSpiError::ChipSelect(_))), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::ChipSelectFault);
        assert_eq!(rig.bus.deselect_failures(), at);
        // A chip that stayed selected is deselected first.
        assert_eq!(rig.sim.run(adc.read(Input::Ch0)), Ok(expected(Input::Ch0)));
    }
}

#[test]
fn errors_say_what_failed() {
    type Any = Error<SpiFault>;
    let fault = SpiFault(ErrorKind::Overrun);
    let spi: Any = Error::Spi(fault);
    assert_eq!(spi.to_string(), format!("spi bus: {}", fault.kind()));
    assert_eq!(Any::NoAnswer.to_string(), "the converter does not answer");
    assert_eq!((spi.kind(), Any::NoAnswer.kind()), (ErrorKind::Overrun, ErrorKind::Other));
    let source = |error: &Any| core::error::Error::source(error).map(ToString::to_string);
    assert_eq!(source(&spi), Some(fault.to_string()));
    assert_eq!(source(&Any::NoAnswer), None);
}
