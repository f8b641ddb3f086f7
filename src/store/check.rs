//! Holding stored blocks against the rules and against the bytes they are made of.

use super::{
    error::StoreError,
    read::{Progress, Snapshot},
};
use crate::ledger::{Block, CheckedBlock, Tip, check_block};

impl Snapshot {
    /// Reads, hashes and judges every block of the chain, telling `progress`; returns its end.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] names the first block that is not right; others when the database fails.
    pub fn check_chain(&self, progress: Progress<'_>) -> Result<Tip, StoreError> {
        let length = self.length()?;
        let mut tip: Option<Tip> = None;
        for text in self.blocks(1)? {
            let checked = check_stored(tip.as_ref(), &text?)?;
            progress(checked.block().index, length);
            tip = Some(checked.tip());
        }
        let tip = tip.ok_or_else(|| StoreError::Damaged("it holds no block".into()))?;
        // Nothing links to the last block, so its hash is kept beside it.
        if self.tip_hash()? == tip.hash {
            Ok(tip)
        } else {
            Err(StoreError::Damaged(format!("block {} is not the one that was written", tip.index)))
        }
    }
}

pub(super) fn check_stored(parent: Option<&Tip>, text: &str) -> Result<CheckedBlock, StoreError> {
    let index = parent.map_or(1, |parent| parent.index + 1);
    let block = Block::from_json(text)
        .map_err(|error| StoreError::Damaged(format!("block {index} cannot be read: {error}")))?;
    let checked = check_block(parent, block)?;
    if checked.text() == text {
        Ok(checked)
    } else {
        Err(StoreError::Damaged(format!("block {index} is not in the form it was written in")))
    }
}
