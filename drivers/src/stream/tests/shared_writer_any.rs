//! Messages of tasks that are polled and dropped in any order, on a writer with any faults.

use std::boxed::Box;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::format;
use std::pin::Pin;
use std::rc::Rc;
use std::string::String;
use std::task::{Context, Poll, Waker};
use std::vec::Vec;

use embedded_io_async::{ErrorType, Write};
use proptest::prelude::*;
use tickwire_sim::uart::LineFault;
use tickwire_sync::NoopRawMutex;
use tickwire_traits::yield_now;

use crate::stream::{SendError, SharedWriter};

/// The outcome of a write.
#[derive(Clone, Debug)]
enum Outcome {
    Accepts(usize),
    Pends,
    Fails,
    IsClosed,
}

/// Follows its outcomes, and then accepts all.
#[derive(Default)]
struct Wire {
    outcomes: VecDeque<Outcome>,
    sent: Vec<u8>,
}

#[derive(Clone)]
struct Handle(Rc<RefCell<Wire>>);

impl ErrorType for Handle {
    type Error = LineFault;
}

impl Write for Handle {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, LineFault> {
        loop {
            let outcome = self.0.borrow_mut().outcomes.pop_front();
            let most = match outcome {
                Some(Outcome::Pends) => {
                    yield_now().await;
                    continue;
                }
                Some(Outcome::Fails) => return Err(LineFault),
                Some(Outcome::IsClosed) => return Ok(0),
                Some(Outcome::Accepts(most)) => most,
                None => bytes.len(),
            };
            let accepted = &bytes[..most.min(bytes.len())];
            self.0.borrow_mut().sent.extend_from_slice(accepted);
            return Ok(accepted.len());
        }
    }

    async fn flush(&mut self) -> Result<(), LineFault> {
        Ok(())
    }
}

/// What a task does next.
#[derive(Clone, Debug)]
enum Act {
    Poll(usize),
    Drop(usize),
}

/// What became of a message, for its sender.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Sent,
    Failed,
    Dropped,
}

fn text(id: usize) -> String {
    format!("({id:02}{})", "-".repeat(id * 7 % 5))
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Checks what was sent: the messages in the order of their calls, each whole, or broken and
/// followed by the separator.
#[track_caller]
fn check(mut sent: &str, fates: &HashMap<usize, Fate>, broken: u32) {
    let mut whole = Vec::new();
    let mut found = 0;
    let mut next = 0;
    while !sent.is_empty() {
        let part = sent.find(['|', ')']).expect("an end");
        let (message, rest) = sent.split_at(part + 1);
        let id = (next..fates.len()).find(|id| match message.strip_suffix('|') {
            None => message == text(*id),
            // The beginning of a message may not tell which one it was.
            Some(part) => text(*id).starts_with(part) && fates[id] != Fate::Sent,
        });
        let id = id.unwrap_or_else(|| panic!("{message} in {sent} after {next}: {fates:?}"));
        match message.ends_with('|') {
            true => found += 1,
            false => whole.push(id),
        }
        (next, sent) = (id + 1, rest);
    }
    for (id, fate) in fates {
        match fate {
            Fate::Sent => assert!(whole.contains(id), "{id} is lost"),
            Fate::Failed => assert!(!whole.contains(id), "{id} was sent"),
            Fate::Dropped => {}
        }
    }
    assert_eq!(found, broken);
}

fn run(outcomes: &[Outcome], acts: &[Act]) {
    let wire =
        Rc::new(RefCell::new(Wire { outcomes: outcomes.to_vec().into(), ..Wire::default() }));
    let writer = SharedWriter::<NoopRawMutex, _, 8>::new(Handle(wire.clone())).with_separator(b"|");
    let mut fates = HashMap::new();
    let mut started = 0;
    type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), SendError<LineFault>>> + 'a>>;
    let mut tasks: [Option<(usize, Sending<'_>)>; 3] = [None, None, None];
    for act in acts {
        match *act {
            Act::Poll(task) => {
                let (id, sending) = tasks[task].get_or_insert_with(|| {
                    let (id, writer) = (started, &writer);
                    started += 1;
                    (id, Box::pin(async move { writer.send(text(id).as_bytes()).await }))
                });
                if let Poll::Ready(ended) = poll(sending.as_mut()) {
                    fates.insert(*id, if ended.is_ok() { Fate::Sent } else { Fate::Failed });
                    tasks[task] = None;
                }
            }
            Act::Drop(task) => {
                fates.extend(tasks[task].take().map(|(id, _)| (id, Fate::Dropped)));
            }
        }
    }
    for task in &mut tasks {
        fates.extend(task.take().map(|(id, _)| (id, Fate::Dropped)));
    }
    wire.borrow_mut().outcomes.clear();
    assert_eq!(poll(std::pin::pin!(writer.flush())), Poll::Ready(Ok(())));
    check(str::from_utf8(&wire.borrow().sent).unwrap(), &fates, writer.broken());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn messages_are_whole_or_broken_and_in_the_order_of_their_calls(
        outcomes in prop::collection::vec(prop_oneof![
            4 => (1_usize..5).prop_map(Outcome::Accepts),
            4 => Just(Outcome::Pends),
            1 => Just(Outcome::Fails),
            1 => Just(Outcome::IsClosed),
        ], 0..60),
        acts in prop::collection::vec(prop_oneof![
            6 => (0_usize..3).prop_map(Act::Poll),
            1 => (0_usize..3).prop_map(Act::Drop),
        ], 0..60),
    ) {
        run(&outcomes, &acts);
    }
}
