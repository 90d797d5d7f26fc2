//! Which job is next, which is done, and whether the thread hangs. Without locks, threads
//! or time of its own.

use std::collections::VecDeque;
use std::mem;
use std::task::Waker;

use tickwire_traits::{Duration, Instant};

use super::{Outcome, Perform, Stopped};

/// The jobs of one worker.
pub(super) struct State<J> {
    /// In the order in which they came, by their numbers. Those that wait are the last.
    requests: VecDeque<Request<J>>,
    next_id: u64,
    running: Option<Running>,
    /// The number of threads that were abandoned. One whose number is smaller ends after its
    /// job.
    pub(super) generation: u32,
    /// Performs jobs after one has hung or panicked.
    pub(super) spare: Option<Perform<J>>,
    /// The time after which a job hangs.
    pub(super) limit: Duration,
    /// The number of jobs that were given up after the thread had begun them.
    pub(super) cancelled: u32,
    /// Whether the thread waits, and has not been notified.
    pub(super) is_idle: bool,
    /// Whether the last handle has been dropped.
    pub(super) is_closed: bool,
    /// Whether no thread is left.
    pub(super) has_ended: bool,
}

struct Request<J> {
    id: u64,
    stage: Stage<J>,
    waker: Option<Waker>,
}

enum Stage<J> {
    Waiting(J),
    Running,
    Done(Outcome<J>),
}

#[derive(Clone, Copy)]
struct Running {
    id: u64,
    since: Instant,
    /// When a task noticed that the limit is over.
    suspect_since: Option<Instant>,
}

impl<J> State<J> {
    pub(super) fn new(limit: Duration, spare: Option<Perform<J>>) -> Self {
        Self {
            requests: VecDeque::new(),
            next_id: 0,
            running: None,
            generation: 0,
            spare,
            limit,
            cancelled: 0,
            is_idle: false,
            is_closed: false,
            has_ended: false,
        }
    }

    /// Queues a job behind all others.
    pub(super) fn submit(&mut self, job: J, waker: Waker) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.requests.push_back(Request { id, stage: Stage::Waiting(job), waker: Some(waker) });
        id
    }

    /// Returns the job that has waited longest.
    pub(super) fn begin(&mut self, now: Instant) -> Option<(u64, J)> {
        let is_begun = |request: &Request<J>| !matches!(request.stage, Stage::Waiting(_));
        let place = self.requests.partition_point(is_begun);
        let Request { id, stage, .. } = self.requests.get_mut(place)?;
        let Stage::Waiting(job) = mem::replace(stage, Stage::Running) else { return None };
        self.running = Some(Running { id: *id, since: now, suspect_since: None });
        Some((*id, job))
    }

    /// Notes the result of the running job. Returns the waker of the task that waits for it.
    pub(super) fn finish(&mut self, id: u64, outcome: Outcome<J>) -> Option<Waker> {
        self.running = None;
        let place = self.place(id)?;
        let request = &mut self.requests[place];
        request.stage = Stage::Done(outcome);
        request.waker.take()
    }

    /// Returns the result of a job, and forgets the job; or registers the waker. Also returns
    /// a waker that the caller has to drop.
    pub(super) fn collect(&mut self, id: u64, waker: Waker) -> (Option<Outcome<J>>, Option<Waker>) {
        let Some(place) = self.place(id) else { return (Some(Err(Stopped::Ended)), Some(waker)) };
        let request = &mut self.requests[place];
        match mem::replace(&mut request.stage, Stage::Running) {
            Stage::Done(outcome) => {
                self.requests.remove(place);
                (Some(outcome), Some(waker))
            }
            stage => {
                request.stage = stage;
                (None, request.waker.replace(waker))
            }
        }
    }

    /// Forgets a job that nobody waits for. Returns what the caller has to drop.
    pub(super) fn cancel(&mut self, id: u64) -> Option<impl Sized + use<J>> {
        let place = self.place(id)?;
        let request = self.requests.remove(place)?;
        if matches!(request.stage, Stage::Running) {
            self.cancelled = self.cancelled.saturating_add(1);
        }
        Some(request)
    }

    /// Returns when to look whether a job hangs.
    pub(super) fn deadline(&self, now: Instant) -> Instant {
        match self.running {
            None => now + self.limit,
            Some(Running { since, suspect_since: None, .. }) => since + self.limit,
            Some(Running { suspect_since: Some(at), .. }) => at + self.grace(),
        }
    }

    /// Whether the running job hangs.
    ///
    /// At the first look after the limit it does not: the process itself may have been
    /// stopped, and the thread gets a grace period to go on.
    pub(super) fn is_overdue(&mut self, now: Instant) -> bool {
        if now < self.deadline(now) {
            return false;
        }
        let Some(running) = &mut self.running else { return false };
        let is_suspect = running.suspect_since.is_some();
        running.suspect_since.get_or_insert(now);
        is_suspect
    }

    fn grace(&self) -> Duration {
        Duration::from_micros(self.limit.as_micros() / 4)
    }

    /// Gives up the thread, if its job hangs. Returns the waker of the task that waits for
    /// the job.
    pub(super) fn abandon(&mut self, now: Instant) -> Option<Option<Waker>> {
        let running = self.running?;
        if !self.is_overdue(now) {
            return None;
        }
        self.generation += 1;
        Some(self.finish(running.id, Err(Stopped::Hung(self.limit))))
    }

    /// Ends all jobs that wait. Returns the wakers of their tasks.
    pub(super) fn end(&mut self) -> Vec<Waker> {
        self.has_ended = true;
        let waiting = self.requests.iter_mut().filter(|it| matches!(it.stage, Stage::Waiting(_)));
        let ended = waiting.filter_map(|request| {
            request.stage = Stage::Done(Err(Stopped::Ended));
            request.waker.take()
        });
        ended.collect()
    }

    fn place(&self, id: u64) -> Option<usize> {
        self.requests.binary_search_by_key(&id, |request| request.id).ok()
    }
}
