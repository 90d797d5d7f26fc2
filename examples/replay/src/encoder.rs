//! Knobs, and wheels of motors.

use std::io::Write;

use futures_lite::future;
use tickwire_drivers::encoder::{Encoder, Turn};
use tickwire_sim::Sim;
use tickwire_traits::{Duration, Timer};

use crate::capture::{Capture, check_is_lasting};
use crate::failure::Failure;
use crate::options::EncoderOptions;
use crate::pair::Pair;

pub(crate) fn replay(options: &EncoderOptions, out: &mut impl Write) -> Result<(), Failure> {
    check_is_lasting(&options.a.file)?;
    let (a, b) = (Capture::open(&options.a)?, Capture::open(&options.b)?);
    let origin = a.origin();
    let sim = Sim::new();
    let clock = &sim.clock();
    let pair = Pair::new(a, b, sim.clock())?;
    let end = pair.end();
    let mut encoder = Encoder::new(pair, sim.clock())
        .with_division(options.division)
        .with_range(options.range)
        .with_interval(options.interval)
        .with_acceleration(options.acceleration.clone());
    // What the last edge leads to is printed too.
    let after = options.interval + Duration::from_micros(1);
    let mut turns = 0_u64;
    sim.run(async {
        loop {
            let over = async {
                clock.sleep_until(end.found().await + after).await;
                None
            };
            // The encoder first: its lines find the end.
            let turn = future::or(async { Some(encoder.turn().await) }, over).await;
            let Some(turn) = turn else { return Ok::<_, Failure>(()) };
            let Turn { position, delta, at } = turn?;
            let at = origin.saturating_add_unsigned(at.as_micros());
            writeln!(out, "{{\"t_us\":{at},\"position\":{position},\"delta\":{delta}}}")?;
            turns += 1;
        }
    })?;
    let (position, illegal) = (encoder.position(), encoder.illegal());
    writeln!(out, "{{\"position\":{position},\"turns\":{turns},\"illegal\":{illegal}}}")?;
    Ok(())
}
