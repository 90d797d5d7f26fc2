//! What a model is made of.

/// A primitive without wakers, pins and links.
pub(crate) trait Model {
    /// What a task gets that is polled, if it gets it.
    fn poll(&mut self, who: usize) -> Option<u32>;

    /// A task is dropped while it waits, in line or called up.
    fn leave(&mut self, who: usize);

    /// A task drops what it got.
    fn give_back(&mut self, who: usize);

    fn act(&mut self, action: usize) -> u32;

    fn seen(&self) -> u32;

    /// Where it keeps who is in line.
    fn lines(&mut self) -> &mut Lines;
}

/// Who is in line and who has been called up, for models.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// By line, first come first.
    pub(crate) waiting: [Vec<usize>; 3],
    called: Vec<usize>,
    pub(crate) woken: Vec<usize>,
}

impl Lines {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn first(&self, line: usize) -> Option<usize> {
        self.waiting[line].first().copied()
    }

    /// Calls up the first in line, if there is one.
    pub(crate) fn call_first(&mut self, line: usize) -> Option<usize> {
        let first = self.first(line)?;
        self.waiting[line].remove(0);
        self.called.push(first);
        self.woken.push(first);
        Some(first)
    }

    /// Puts a task in line, if it is not there.
    pub(crate) fn enter(&mut self, line: usize, who: usize) {
        if !self.waiting[line].contains(&who) {
            self.waiting[line].push(who);
        }
    }

    /// Moves a task out of line, without a call.
    pub(crate) fn remove(&mut self, who: usize) {
        self.waiting.iter_mut().for_each(|line| line.retain(|other| *other != who));
    }

    /// A called task comes, or goes. False if it was not called.
    pub(crate) fn answer(&mut self, who: usize) -> bool {
        let before = self.called.len();
        self.called.retain(|other| *other != who);
        self.called.len() < before
    }

    pub(crate) fn is_waiting(&self, who: usize) -> bool {
        self.waiting.iter().any(|line| line.contains(&who))
    }
}
