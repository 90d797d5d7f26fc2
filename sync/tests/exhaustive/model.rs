//! The parts of a model.

/// A primitive without wakers, pins and links.
pub(crate) trait Model {
    /// Polls a task. Returns its value if it gets one.
    fn poll(&mut self, id: usize) -> Option<u32>;

    /// Drops a task while it waits, queued or granted.
    fn leave(&mut self, id: usize);

    /// Drops the value that a task received.
    fn give_back(&mut self, id: usize);

    fn act(&mut self, action: usize) -> u32;

    fn seen(&self) -> u32;

    /// Returns the wait queues of the model.
    fn lines(&mut self) -> &mut Lines;
}

/// The queued and the granted tasks of a model.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// The queued tasks of each queue, first come first.
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

    /// Grants to the first task in the queue, if there is one.
    pub(crate) fn call_first(&mut self, line: usize) -> Option<usize> {
        let first = self.first(line)?;
        self.waiting[line].remove(0);
        self.called.push(first);
        self.woken.push(first);
        Some(first)
    }

    /// Queues a task, if it is not queued already.
    pub(crate) fn enter(&mut self, line: usize, id: usize) {
        if !self.waiting[line].contains(&id) {
            self.waiting[line].push(id);
        }
    }

    /// Removes a task from its queue, without a grant.
    pub(crate) fn remove(&mut self, id: usize) {
        self.waiting.iter_mut().for_each(|line| line.retain(|other| *other != id));
    }

    /// Consumes the grant of a task. Returns false if there is none.
    pub(crate) fn answer(&mut self, id: usize) -> bool {
        let before = self.called.len();
        self.called.retain(|other| *other != id);
        self.called.len() < before
    }

    pub(crate) fn is_waiting(&self, id: usize) -> bool {
        self.waiting.iter().any(|line| line.contains(&id))
    }
}
