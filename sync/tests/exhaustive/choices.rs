//! Going through all sequences of choices.

/// How many sequences are tried where all would take too long: an interpreter is
/// a thousand times slower, and looks for what does not need all.
const SAMPLE: usize = if cfg!(miri) { 4 } else { usize::MAX };

/// Counts up the last choice that can be, or makes some at random.
pub(crate) struct Choices {
    /// What was chosen, out of how many.
    script: Vec<(usize, usize)>,
    at: usize,
    runs: usize,
    random: u32,
}

impl Choices {
    pub(crate) fn new() -> Self {
        Self { script: Vec::new(), at: 0, runs: 0, random: 1 }
    }

    pub(crate) fn pick(&mut self, options: usize) -> usize {
        if self.at == self.script.len() {
            let chosen = if SAMPLE == usize::MAX { 0 } else { self.random() % options };
            self.script.push((chosen, options));
        }
        let (chosen, of) = self.script[self.at];
        assert_eq!(of, options, "the same steps lead elsewhere");
        self.at += 1;
        chosen
    }

    /// Goes on to the next sequence, if there is one.
    pub(crate) fn advance(&mut self) -> bool {
        self.at = 0;
        self.runs += 1;
        if SAMPLE != usize::MAX {
            self.script.clear();
            return self.runs < SAMPLE;
        }
        while let Some((chosen, of)) = self.script.pop() {
            if chosen + 1 < of {
                self.script.push((chosen + 1, of));
                return true;
            }
        }
        false
    }

    fn random(&mut self) -> usize {
        self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // The low bits of such a generator go round in short circles.
        (self.random >> 16) as usize
    }
}

#[test]
#[cfg_attr(miri, ignore = "only some choices are made")]
fn every_choice_is_made_once() {
    let mut choices = Choices::new();
    let mut seen = Vec::new();
    loop {
        let first = choices.pick(2);
        // How many there are next may depend on what was chosen before.
        seen.push((first, choices.pick(first + 1)));
        if !choices.advance() {
            break;
        }
    }
    assert_eq!(seen, [(0, 0), (1, 0), (1, 1)]);
}
