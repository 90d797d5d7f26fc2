//! Going through all sequences of choices.

/// Goes through all sequences of choices, by counting up the last that can be.
#[derive(Default)]
pub(crate) struct Choices {
    /// What was chosen, out of how many.
    script: Vec<(usize, usize)>,
    at: usize,
}

impl Choices {
    pub(crate) fn pick(&mut self, options: usize) -> usize {
        if self.at == self.script.len() {
            self.script.push((0, options));
        }
        let (chosen, of) = self.script[self.at];
        assert_eq!(of, options, "the same steps lead elsewhere");
        self.at += 1;
        chosen
    }

    pub(crate) fn advance(&mut self) -> bool {
        self.at = 0;
        while let Some((chosen, of)) = self.script.pop() {
            if chosen + 1 < of {
                self.script.push((chosen + 1, of));
                return true;
            }
        }
        false
    }
}

#[test]
fn every_choice_is_made_once() {
    let mut choices = Choices::default();
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
