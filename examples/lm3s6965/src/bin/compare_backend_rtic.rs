//! What the backend on RTIC takes for the operations of [`tickwire_backends`], in instructions.
//!
//! Those without a timer: its clock is SysTick's, which interrupts every 390 instructions here.
#![no_std]
#![no_main]
#![deny(unsafe_code)]
// RTIC writes `unsafe fn`s as they were before edition 2024.
#![allow(unsafe_op_in_unsafe_fn)]

use tickwire_backend_rtic::{Pool, RticClock};
use tickwire_backends::{
    self as backends, Devices, Operation, Ours, Workload, begin_then, measure,
};
use tickwire_lm3s6965::{Counter, alarm, interrupts, meter, report};
use tickwire_sync::shared::Flag;

/// A pool with more slots would make each switch longer: RTIC looks at every task.
const SLOTS: u32 = 10;

type Tasks = Pool<{ SLOTS as usize }, 16>;

static EDGE: Flag = Flag::new();

/// An interrupt is the edge.
struct Edges;

impl Devices for Edges {
    fn has(&self, operation: Operation) -> bool {
        operation == Operation::Edge
    }

    async fn edge(&mut self) {
        begin_then(EDGE.wait(), async { interrupts::trigger(lm3s6965::Interrupt::QEI0) }).await;
    }
}

/// What needs no timer.
struct Timeless(Ours<&'static Tasks, RticClock, Edges>);

impl Workload for Timeless {
    fn has(&self, operation: Operation) -> bool {
        use Operation::{Edge, HandOver, Queue, Spawn, Switch};
        matches!(operation, Switch { .. } | Spawn | HandOver | Queue | Edge)
            && self.0.has(operation)
    }

    async fn switch(&mut self, tasks: u32, turns: u32) {
        self.0.switch(tasks, turns).await;
    }

    async fn spawn(&mut self, times: u32) {
        self.0.spawn(times).await;
    }

    async fn sleep(&mut self, _times: u32) {}

    async fn fire(&mut self, _tasks: u32, _rounds: u32) {}

    async fn give_up(&mut self, _tasks: u32, _turns: u32) {}

    async fn hand_over(&mut self, times: u32) {
        self.0.hand_over(times).await;
    }

    async fn queue(&mut self, items: u32) {
        self.0.queue(items).await;
    }

    async fn edge(&mut self, times: u32) {
        self.0.edge(times).await;
    }

    async fn chunk(&mut self, _times: u32) {}
}

macro_rules! app {
    ($($slot:ident $nth:literal)*) => {
        #[rtic::app(device = lm3s6965, dispatchers = [GPIOA])]
        mod app {
            use super::*;

            #[shared]
            struct Shared {}

            #[local]
            struct Local {}

            #[init]
            fn init(_: init::Context) -> (Shared, Local) {
                // For its stopwatch. The clock of the backend is not started.
                alarm::start();
                compare::spawn().ok();
                (Shared {}, Local {})
            }

            #[idle]
            fn idle(_: idle::Context) -> ! {
                loop {
                    critical_section::with(|_| meter::sleep());
                }
            }

            #[task(binds = QEI0, priority = 2)]
            fn edge(_: edge::Context) {
                EDGE.set();
            }

            #[task(priority = 1, local = [
                pool: Tasks = Pool::new(),
                shared: backends::Shared = backends::Shared::new(),
            ])]
            async fn compare(cx: compare::Context) -> ! {
                let pool: &'static Tasks = cx.local.pool;
                $(cx.local_spawner.$slot(pool).ok();)*
                meter::calibrate();
                let shared = cx.local.shared;
                let ours =
                    Ours { spawner: pool, clock: RticClock, devices: Edges, shared, tasks: SLOTS };
                measure(&mut Timeless(ours), &mut Counter::new()).await;
                report::exit(true)
            }

            $(
                #[task(priority = 1, local_task = true)]
                async fn $slot(_: $slot::Context, pool: &'static Tasks) {
                    pool.run_slot($nth).await
                }
            )*
        }
    };
}

app! { s0 0 s1 1 s2 2 s3 3 s4 4 s5 5 s6 6 s7 7 s8 8 s9 9 }
