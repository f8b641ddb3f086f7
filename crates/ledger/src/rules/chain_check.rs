//! Judging a chain block by block.

use chrono::{DateTime, Local};

use super::Rules;
use crate::tip::Tip;

/// Checks a chain block by block, from its first one, without keeping it. What needs accounts is not checked.
#[derive(Clone, Debug)]
pub struct ChainCheck<R: Rules> {
    rules: R,
    ancestors: Option<R::Ancestors>,
}

impl<R: Rules + Default> Default for ChainCheck<R> {
    fn default() -> Self {
        Self::new(R::default())
    }
}

impl<R: Rules> ChainCheck<R> {
    /// Begins with no block.
    pub fn new(rules: R) -> Self {
        Self { rules, ancestors: None }
    }

    /// Begins after the last block of `ancestors`, which were checked before.
    pub fn after(rules: R, ancestors: R::Ancestors) -> Self {
        Self { rules, ancestors: Some(ancestors) }
    }

    /// Judges the next block of the chain, at the time `now`.
    ///
    /// # Errors
    /// The first rule that the block breaks; the check stays where it was.
    pub fn push(&mut self, block: R::Block, now: DateTime<Local>) -> Result<R::CheckedBlock, R::BlockError> {
        let checked = self.rules.check(self.ancestors.as_ref(), block, now)?;
        self.ancestors = Some(self.rules.extend(self.ancestors.as_ref(), &checked));
        Ok(checked)
    }

    /// The end of what was checked so far; `None` before the first block.
    pub fn tip(&self) -> Option<Tip> {
        self.ancestors().map(|ancestors| *ancestors.as_ref())
    }

    /// What the next block is judged against; `None` before the first block.
    pub fn ancestors(&self) -> Option<&R::Ancestors> {
        self.ancestors.as_ref()
    }
}
