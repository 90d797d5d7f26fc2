//! What RTIC takes for the operations of [`tickwire_backends`], by its own tasks, delays, locks
//! and channels, in instructions.
//!
//! A dispatcher looks at each task of its priority, even at those that do not run. So that no
//! operation pays for the tasks of another, each has a priority of its own. The task that starts
//! them has the lowest: they have ended, and may be started again, when it learns of it.
#![no_std]
#![no_main]
#![deny(unsafe_code)]
// RTIC writes `unsafe fn`s as they were before edition 2024.
#![allow(unsafe_op_in_unsafe_fn)]

#[allow(unsafe_code)] // ITS INTERRUPT
mod monotonic;
mod work;

use rtic_sync::channel::{Receiver, Sender};
use rtic_sync::make_channel;
use tickwire_backends::{CAPACITY, measure};
use tickwire_lm3s6965::{Counter, meter, report};

use monotonic::Mono;
use work::{Rtic, Work};

macro_rules! app {
    ({ $($ten:ident)* } { $($hundred:ident)* }) => {
        #[rtic::app(device = lm3s6965, dispatchers = [GPIOA, GPIOB, GPIOC, GPIOD, GPIOE, UART0])]
        mod app {
            use super::*;

            pub(crate) type Spawn = fn(Work) -> Result<(), Work>;

            pub(crate) static ONE: [Spawn; 1] = [alone::spawn];
            pub(crate) static TEN: [Spawn; 10] = [$($ten::spawn),*];
            pub(crate) static HUNDRED: [Spawn; 100] = [$($hundred::spawn),*];

            #[shared]
            struct Shared {}

            #[local]
            struct Local {
                sender: Sender<'static, u32, CAPACITY>,
                receiver: Receiver<'static, u32, CAPACITY>,
            }

            #[init]
            fn init(_: init::Context) -> (Shared, Local) {
                let (sender, receiver) = make_channel!(u32, CAPACITY);
                Mono::start();
                compare::spawn().ok();
                (Shared {}, Local { sender, receiver })
            }

            #[idle]
            fn idle(_: idle::Context) -> ! {
                loop {
                    critical_section::with(|_| meter::sleep());
                }
            }

            #[task(binds = TIMER_1A, priority = 7)]
            fn alarm(_: alarm::Context) {
                Mono::on_alarm();
            }

            #[task(binds = QEI0, priority = 7)]
            fn edge(_: edge::Context) {
                work::EDGE.writer().write(());
            }

            #[task(priority = 1)]
            async fn compare(_: compare::Context) {
                meter::calibrate();
                measure(&mut Rtic::new(), &mut Counter::new()).await;
                report::exit(true)
            }

            #[task(priority = 1)]
            async fn end(_: end::Context) {
                work::one_has_ended();
            }

            #[task(priority = 2)]
            async fn alone(_: alone::Context, work: Work) {
                work.run().await;
            }

            $(
                #[task(priority = 3)]
                async fn $ten(_: $ten::Context, work: Work) {
                    work.run().await;
                }
            )*

            $(
                #[task(priority = 4)]
                async fn $hundred(_: $hundred::Context, work: Work) {
                    work.run().await;
                }
            )*

            #[task(priority = 5)]
            async fn left(_: left::Context, times: u32) {
                work::lock_in_turn(times).await;
            }

            #[task(priority = 5)]
            async fn right(_: right::Context, times: u32) {
                work::lock_in_turn(times).await;
            }

            #[task(priority = 6, local = [sender])]
            async fn send(cx: send::Context, items: u32) {
                for item in 0..items {
                    cx.local.sender.send(item).await.ok().expect("there is a receiver");
                }
                work::one_has_ended();
            }

            #[task(priority = 6, local = [receiver])]
            async fn receive(cx: receive::Context, items: u32) {
                for item in 0..items {
                    assert!(cx.local.receiver.recv().await == Ok(item));
                }
                work::one_has_ended();
            }
        }
    };
}

app! {
    { t0 t1 t2 t3 t4 t5 t6 t7 t8 t9 }
    {
        p00 p01 p02 p03 p04 p05 p06 p07 p08 p09 p10 p11 p12 p13 p14 p15 p16 p17 p18 p19
        p20 p21 p22 p23 p24 p25 p26 p27 p28 p29 p30 p31 p32 p33 p34 p35 p36 p37 p38 p39
        p40 p41 p42 p43 p44 p45 p46 p47 p48 p49 p50 p51 p52 p53 p54 p55 p56 p57 p58 p59
        p60 p61 p62 p63 p64 p65 p66 p67 p68 p69 p70 p71 p72 p73 p74 p75 p76 p77 p78 p79
        p80 p81 p82 p83 p84 p85 p86 p87 p88 p89 p90 p91 p92 p93 p94 p95 p96 p97 p98 p99
    }
}
