//! Single blocks from elsewhere: judged off the owner, and then part of the chain, kept on a branch, or kept aside.

use std::sync::Arc;

use bcoin_ledger::{BlockHash, CheckedBlock as _, SingleBlocks, Tip};
use thiserror::Error;

use crate::{
    clock::now,
    command::{Command, SaveError, Stopping},
    handle::NodeHandle,
    source::Source,
    store::StoreError,
};

/// What became of a block that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// Its hash.
    pub hash: BlockHash,
    /// Its height, where that is known.
    pub height: Option<u64>,
    /// What became of it.
    pub outcome: SubmitOutcome,
}

/// What can become of a block that breaks no rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmitOutcome {
    /// It is the last block of the chain now.
    Connected,
    /// It ends a branch that has more work, which is the chain now.
    Reorganised,
    /// It is on a branch that is kept.
    Branch,
    /// It is on a branch that has so much less work that its blocks are not kept.
    TooLittleWork,
    /// It was here before: in the chain, on a branch, or kept aside.
    Known,
    /// It is kept aside: its parent is not here.
    Orphan,
    /// It is kept aside: its time is ahead of this node's clock.
    Early,
    /// Its parent is not here, or its time too far ahead, and there is no place to keep it.
    NotKept,
}

/// Why a block was not taken.
#[derive(Clone, Debug, Error)]
pub enum SubmitError<E> {
    /// It breaks a rule.
    #[error("{0}")]
    Refused(Arc<E>),
    /// It could not be saved.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// What it is judged against cannot be read.
    #[error("the chain cannot be read: {0}")]
    Read(Arc<StoreError>),
    /// The node is stopping.
    #[error(transparent)]
    Stopping(#[from] Stopping),
}

impl<R: SingleBlocks> NodeHandle<R> {
    /// Offers a block to the node.
    ///
    /// # Errors
    /// When it breaks a rule, or could not be judged or saved.
    pub async fn submit(&self, encoding: Vec<u8>, source: Source) -> Result<Submitted, SubmitError<R::BlockError>> {
        let refused = |error| SubmitError::Refused(Arc::new(error));
        let rules = self.inspect(|blockchain| blockchain.rules().clone()).await?;
        let block = rules.decode(&encoding).map_err(refused)?;
        let header = rules.header(&block);
        let hash = rules.hash(&header);
        let ancestors = self.inspect(|blockchain| blockchain.ancestors().clone()).await?;
        if ancestors.as_ref().hash != rules.parent(&header) {
            rules.check_least_work(&header).map_err(refused)?;
            return Ok(Submitted { hash, height: None, outcome: SubmitOutcome::NotKept });
        }
        let checked = rules.check(Some(&ancestors), block, now()).map_err(refused)?;
        let Tip { height, .. } = checked.tip();
        let outcome = self.ask(|reply| Command::Place { block: Box::new(checked), source, reply }).await??;
        Ok(Submitted { hash, height: Some(height), outcome })
    }
}
