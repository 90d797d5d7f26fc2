//! A page that two threads change while a third one shows it.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use embedded_hal_async::delay::DelayNs;
use tickwire_drivers::hd44780::{self, Lcd, Page, Width, Write};
use tickwire_sync::CriticalSectionRawMutex;

type ThePage = Page<CriticalSectionRawMutex, 8, 2>;
type TheLcd = Lcd<Glass, NoDelay, 8, 2>;

const WRITERS: u32 = 2;
const ROUNDS: u32 = 1_000;

/// How long a change may take until it is shown, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The cells of a controller, which takes no time.
#[derive(Clone, Default)]
struct Glass(Arc<Mutex<Cells>>);

struct Cells {
    ddram: [u8; 128],
    at: u8,
}

struct NoDelay;

impl Default for Cells {
    fn default() -> Self {
        Self { ddram: [b' '; 128], at: 0 }
    }
}

impl Glass {
    fn rows(&self) -> [String; 2] {
        let cells = self.0.lock().unwrap();
        [0x00, 0x40].map(|start: usize| {
            let row = &cells.ddram[start..start + 8];
            row.iter().map(|code| char::from(*code)).collect::<String>().trim_end().to_owned()
        })
    }
}

impl hd44780::Bus for Glass {
    type Error = Infallible;

    const WIDTH: Width = Width::Eight;

    const RESUMES: bool = true;

    async fn send(&mut self, write: Write, _: &mut impl DelayNs) -> Result<(), Infallible> {
        let mut cells = self.0.lock().unwrap();
        match write {
            Write::Instruction(0x01) => *cells = Cells::default(),
            Write::Instruction(address @ 0x80..) => cells.at = address & 0x7f,
            Write::Data(code) => {
                let at = usize::from(cells.at);
                cells.ddram[at] = code;
                cells.at = (cells.at + 1) & 0x7f;
            }
            _ => {}
        }
        drop(cells);
        // The others change the page meanwhile.
        thread::yield_now();
        Ok(())
    }
}

impl DelayNs for NoDelay {
    async fn delay_ns(&mut self, _: u32) {}
}

/// Runs a future on this thread, which sleeps while the future is pending.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        thread::park();
    }
}

/// Sets both rows to one text, with a pause in between.
fn write(page: &ThePage, text: &str) {
    let mut picture = block_on(page.edit());
    picture.set_line(0, text);
    thread::yield_now();
    picture.set_line(1, text);
}

/// Writes from two threads while `show` runs on this one. The last text is `end`.
fn shown_while_two_write(page: &ThePage, show: impl FnOnce()) {
    let at_work = AtomicU32::new(WRITERS);
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let at_work = &at_work;
            scope.spawn(move || {
                (0..ROUNDS).for_each(|round| write(page, &format!("{writer} {round}")));
                if at_work.fetch_sub(1, Ordering::AcqRel) == 1 {
                    write(page, "end");
                }
            });
        }
        show();
    });
}

fn lcd() -> (TheLcd, Glass) {
    let glass = Glass::default();
    (Lcd::new(glass.clone(), NoDelay), glass)
}

#[test]
fn what_is_shown_is_one_edit_and_no_mixture() {
    let (page, (mut lcd, glass)) = (ThePage::new(), lcd());
    let mut shown = 0;
    shown_while_two_write(&page, || {
        while glass.rows()[0] != "end" {
            let Ok(()) = block_on(lcd.show(&page));
            let [first, second] = glass.rows();
            assert_eq!(first, second, "after {shown}");
            shown += 1;
        }
    });
    assert_eq!(glass.rows(), ["end", "end"]);
}

/// The other thread writes again once its text is shown, so each text is the last one for a while.
#[test]
fn the_thread_that_shows_a_page_is_woken_by_each_change() {
    static PAGE: ThePage = ThePage::new();
    let (seen, shown) = channel();
    thread::spawn(move || {
        let (mut lcd, glass) = lcd();
        let mut follow = pin!(lcd.follow(&PAGE));
        let mut last = String::new();
        block_on(poll_fn(|cx| {
            assert!(follow.as_mut().poll(cx).is_pending());
            let [first, second] = glass.rows();
            if first == second && last != first {
                last.clone_from(&first);
                let _ = seen.send(first);
            }
            Poll::<()>::Pending
        }));
    });
    for round in 0..10 * ROUNDS {
        let text = round.to_string();
        // The second change comes while the first one is taken over.
        write(&PAGE, "first");
        write(&PAGE, &text);
        while shown.recv_timeout(PATIENCE).expect("each change is shown") != text {}
    }
}
