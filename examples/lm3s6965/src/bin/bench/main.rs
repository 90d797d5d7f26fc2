//! What it costs on a Cortex-M3, in instructions, beside embassy in the same program.
//!
//! Each row is a line of JSON: instructions, the most that there may be, and beside
//! embassy percent of its own, the goal and the most. What exceeds a bound fails the
//! program. That a goal is not reached is said, and fails nothing.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

mod button;
mod encoder;
mod nec;
mod row;
mod spawn;
mod storm;
mod task_switch;

use embassy_executor::Spawner;
use tickwire_lm3s6965::{executor, init, meter, report};

use crate::row::{Row, goal, goal_of};

// The bounds are what rustc 1.96 came to, and 4 % at the most.
const TASK_SWITCH: Row = Row { name: "task_switch", most: 104, beside: goal(115, 118) };
const SPAWN_DETACHED: Row = Row { name: "spawn_detached", most: 356, beside: goal(150, 130) };
const SPAWN_SENT: Row = Row { name: "spawn_sent", most: 367, beside: goal(150, 134) };
const BUTTON: Row = Row { name: "edge_to_press", most: 497, beside: None };
const ENCODER: Row = Row { name: "encoder_step", most: 24, beside: None };
const ENCODER_REPORT: Row = Row { name: "encoder_step_to_report", most: 43, beside: None };
const NEC: Row = Row { name: "nec_edge", most: 31, beside: goal_of("infrared", 110, 69) };
const FLAG_SET: Row = Row { name: "flag_set", most: 20, beside: None };
const FLAG_INTERRUPT: Row = Row { name: "flag_set_by_interrupt", most: 26, beside: None };

#[cortex_m_rt::entry]
fn main() -> ! {
    init();
    executor::run_with(meter::sleep, |spawner| {
        spawner.spawn(measure(spawner).expect("it is spawned once"));
    })
}

#[embassy_executor::task]
async fn measure(spawner: Spawner) {
    meter::calibrate();
    let storm = storm::measure(spawner).await;
    let within = [
        TASK_SWITCH.judge(task_switch::measure(spawner).await),
        SPAWN_DETACHED.judge(spawn::detached(spawner).await),
        SPAWN_SENT.judge(spawn::sent(spawner).await),
        BUTTON.judge(button::measure().await),
        ENCODER.judge(encoder::decoded()),
        ENCODER_REPORT.judge(encoder::reported()),
        NEC.judge(nec::measure()),
        FLAG_SET.judge(storm.of_sets),
        FLAG_INTERRUPT.judge(storm.of_interrupts),
    ];
    report::exit(within.iter().all(|within| *within));
}
