//! Enumeration of all sequences of choices.

/// The number of sequences to sample where all would take too long. An interpreter is a
/// thousand times slower, and finds its faults without all of them.
const SAMPLE: usize = if cfg!(miri) { 4 } else { usize::MAX };

/// A sequence of choices: counts up the last choice that has a successor, or chooses at
/// random.
pub(crate) struct Choices {
    /// The choices made, each with the number of options.
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

    /// Advances to the next sequence, if there is one.
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
        // The low bits of such a generator have short cycles.
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
        // The number of options may depend on earlier choices.
        seen.push((first, choices.pick(first + 1)));
        if !choices.advance() {
            break;
        }
    }
    assert_eq!(seen, [(0, 0), (1, 0), (1, 1)]);
}
