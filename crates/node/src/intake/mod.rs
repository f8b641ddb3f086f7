//! Single blocks from elsewhere: judged off the owner, and then part of the chain, kept on a branch, or kept aside.

mod early;
mod invalid;
mod judge;
mod kept;
mod orphans;
mod retry;
mod state;
mod submit;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use bcoin_ledger::BlockHash;
use thiserror::Error;

use self::invalid::Verdict;
pub(crate) use self::state::Intake;
use crate::{
    command::{SaveError, Stopping},
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
    /// It is on a branch that has so much less work that its blocks are not kept, or no more than any that is kept where no more can
    /// be.
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
    /// A block before it breaks a rule.
    #[error("the block follows block {block}, which is invalid: {reason}")]
    FollowsInvalid {
        /// The hash of the block that breaks the rule.
        block: BlockHash,
        /// The rule.
        reason: Arc<E>,
    },
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

impl<E> SubmitError<E> {
    /// Why the block with this hash is refused.
    fn of_verdict(hash: &BlockHash, verdict: &Verdict<E>) -> Self {
        let Verdict { block, reason } = verdict.clone();
        if block == *hash { Self::Refused(reason) } else { Self::FollowsInvalid { block, reason } }
    }
}
